import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isIsptarError } from '../../src/errors.ts'
import { encodeTarHeader } from '../../src/tar/encode-tar-header.ts'
import type { TarHeader } from '../../src/tar/tar-header.ts'
import { decodeText } from '../../src/bytes/text.ts'
import { walkTar } from './walk-tar.ts'

const SLASH = 0x2f
const nonNul = fc.integer({ min: 1, max: 255 })
const someBytes = fc.array(fc.oneof(nonNul, fc.constant(SLASH)), { minLength: 1, maxLength: 400 })
const pathBytes = someBytes.map((list) => Uint8Array.from(list)).filter((path) => path.at(-1) !== SLASH)
const linkBytes = someBytes.map((list) => Uint8Array.from(list))
const name = fc.array(nonNul, { maxLength: 60 }).map((list) => decodeText(Uint8Array.from(list)))
const attribute = fc.array(nonNul, { minLength: 1, maxLength: 40 }).map((list) => decodeText(Uint8Array.from(list)))
const id = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.maxSafeNat(),
  fc.integer({ min: 2_097_150, max: 2_097_153 }),
)
const size = fc.oneof(fc.maxSafeNat(), fc.integer({ min: 8 ** 11 - 2, max: 8 ** 11 + 2 }), fc.nat())
const mtime = fc.record({
  seconds: fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -3, max: 3 })),
  nanoseconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999_999 })),
})
const common = {
  pathBytes,
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: id,
  gid: id,
  userName: name,
  groupName: name,
  mtime,
  sizeBytes: fc.constant(0),
  linkBytes: fc.constant(new Uint8Array()),
}
const xattrs = fc
  .array(fc.tuple(attribute, fc.uint8Array({ maxLength: 300 })), { minLength: 1, maxLength: 4 })
  .map((list) => new Map(list))
const anyHeader: fc.Arbitrary<TarHeader> = fc
  .oneof(
    fc.record({ ...common, type: fc.constant('file' as const), sizeBytes: size }),
    fc.record({ ...common, type: fc.constantFrom('directory' as const, 'fifo' as const) }),
    fc.record({ ...common, type: fc.constantFrom('symlink' as const, 'hardlink' as const), linkBytes }),
    fc.record({
      ...common,
      type: fc.constantFrom('char' as const, 'block' as const),
      device: fc.record({ major: id, minor: id }),
    }),
  )
  .chain((base) =>
    fc.oneof(
      fc.constant(base),
      xattrs.map((map) => ({ ...base, xattrs: map })),
    ),
  )

test('a header comes back as it was written', () => {
  fc.assert(
    fc.property(anyHeader, (header) => {
      const tar = encodeTarHeader(header)
      expect(tar.length % 512).toBe(0)
      expect(walkTar(tar)).toEqual([{ kind: 'entry', header, dataBytes: header.sizeBytes }])
    }),
    { numRuns: 1000 },
  )
})

test('headers written one after another come back one by one', () => {
  fc.assert(
    fc.property(
      fc.array(
        anyHeader.filter((header) => header.type !== 'file'),
        { maxLength: 6 },
      ),
      (headers) => {
        const tar = Buffer.concat(headers.map((header) => encodeTarHeader(header)))
        expect(walkTar(tar).map((record) => record.kind === 'entry' && record.header)).toEqual(headers)
      },
    ),
  )
})

test('every flipped bit of a header is an error or another sound header', () => {
  fc.assert(
    fc.property(anyHeader, fc.nat(), (header, at) => {
      const tar = encodeTarHeader({ ...header, sizeBytes: 0 })
      const bit = at % (tar.length * 8)
      tar[bit >> 3] = (tar[bit >> 3] as number) ^ (1 << (bit & 7))
      expectTypedOrRecords(tar)
    }),
    { numRuns: 1000 },
  )
})

test('no bytes crash the decoder', () => {
  const block = fc.uint8Array({ minLength: 512, maxLength: 512 })
  fc.assert(
    fc.property(block, (bytes) => expectTypedOrRecords(withChecksum(bytes))),
    { numRuns: 2000 },
  )
})

function expectTypedOrRecords(tar: Uint8Array): void {
  try {
    for (const record of walkTar(tar)) expect(['entry', 'other']).toContain(record.kind)
  } catch (error) {
    if (!isIsptarError(error)) throw error
    expect(['format', 'limit']).toContain(error.code)
  }
}

function withChecksum(block: Uint8Array): Uint8Array {
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
  return block
}
