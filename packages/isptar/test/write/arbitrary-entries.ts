/** Random trees, in the archive's order, with names and numbers that break careless writers. */
import fc from 'fast-check'
import type { EntryInput } from 'isptar'
import { compareLikeOriginal } from '../original-reader.ts'
import type { SampleEntry } from './build-archive.ts'

/** Any byte but NUL and `/`, the awkward ones often. */
const nameByte = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...Buffer.from('ab.\\\t\n\r "#=%\xe9\xff\x80', 'latin1')) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 255 }).filter((byte) => byte !== 0x2f) },
)

const name = fc
  .array(nameByte, { minLength: 1, maxLength: 12 })
  .filter((bytes) => !/^\.\.?$/.test(Buffer.from(bytes).toString('latin1')))

/** A relative path of raw bytes that no system refuses. */
export const arbitraryPath: fc.Arbitrary<Uint8Array> = fc
  .array(name, { minLength: 1, maxLength: 4 })
  .map((names) => Buffer.from(names.map((bytes) => Buffer.from(bytes).toString('latin1')).join('/'), 'latin1'))
  .filter((path) => !/^[A-Za-z]:|^\\/.test(path.toString('latin1')))
  .map((path) => new Uint8Array(path))

/** Seconds before and after 1970, some beyond 33 bits. */
export const arbitraryTime: fc.Arbitrary<{ seconds: number; nanoseconds: number }> = fc.record({
  seconds: fc.oneof(fc.integer({ min: -4e9, max: 4e9 }), fc.integer({ min: -9e11, max: 9e11 })),
  nanoseconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999_999 })),
})

const id = fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
const ownerName = fc.oneof(fc.constantFrom('', 'root', 'ann#b', 'a\tb', 'größe', 'x y'), fc.string({ maxLength: 10 }))
const noNul = ownerName.filter((text) => !text.includes('\0'))
const bytes = fc.uint8Array({ maxLength: 40 })

/** Names of attributes as file systems take them: text without NUL. */
export const arbitraryXattrs: fc.Arbitrary<Map<string, Uint8Array>> = fc
  .array(fc.tuple(fc.constantFrom('user.a', 'user.b=c', 'user.100%', 'user.%3D', 'security.x', 'user.é'), bytes), {
    maxLength: 3,
  })
  .map((pairs) => new Map(pairs))

const common = fc.record({
  path: arbitraryPath,
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: id,
  gid: id,
  userName: noNul,
  groupName: noNul,
  mtime: arbitraryTime,
  xattrs: arbitraryXattrs,
})

const number = fc.integer({ min: 0, max: 2 ** 20 })
const size = fc.oneof(fc.constantFrom(0, 1, 511, 512, 513, 1024), fc.integer({ min: 0, max: 3000 }))
const linkTarget = fc.oneof(arbitraryPath, fc.constant('/a/b'), fc.constant(Buffer.from('x'.repeat(120))))

const details: fc.Arbitrary<Omit<SampleEntry, 'path'>> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(size, fc.nat(255)).map(([n, seed]) => ({ data: contentOf(n, seed) })) },
  fc.constant({ type: 'directory' as const }),
  fc.constant({ type: 'fifo' as const }),
  linkTarget.map((target) => ({ type: 'symlink' as const, linkTarget: target })),
  arbitraryPath.map((target) => ({ type: 'hardlink' as const, linkTarget: target })),
  fc
    .tuple(fc.constantFrom('char' as const, 'block' as const), number, number)
    .map(([type, major, minor]) => ({ type, device: { major, minor } })),
)

function contentOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (seed % 2 === 0 ? seed : (i * i * seed) >> 3) & 255)
}

/** A tree without two entries of one path, sorted. */
export const arbitraryTree: fc.Arbitrary<readonly SampleEntry[]> = fc
  .uniqueArray(
    fc.tuple(common, details).map(([entry, more]) => ({ ...entry, ...more })),
    { maxLength: 12, selector: ({ path }) => Buffer.from(path).toString('latin1') },
  )
  .map((entries) => entries.sort((a, b) => compareLikeOriginal(a.path, b.path)))

/** A path as bytes. */
export function pathBytesOf(entry: EntryInput): Buffer {
  return Buffer.from(entry.path)
}
