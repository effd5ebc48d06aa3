import { constants, createDeflateRaw, createInflateRaw, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Codec } from '../../src/gzip/codec.ts'
import { ZlibHandle, type ZlibStreams } from '../../src/node/zlib-handle.ts'

const STREAMS: ZlibStreams = { deflate: createDeflateRaw, inflate: createInflateRaw }
/** Text of few letters in no order: strings of three bytes are found again, those of four often not. */
const TEXT = Buffer.from(Array.from({ length: 130_000 }, (_, i) => 97 + (Math.imul(i ^ (i >>> 7), 0x9e3779b1) >>> 29)))

/** A stream whose handle does something else than zlib's. */
function withHandle(stream: object, change: (handle: { writeSync: (...args: unknown[]) => void }) => object): object {
  const { _handle: handle, _writeState } = stream as { _handle: { writeSync: () => void }; _writeState: Uint32Array }
  return { _handle: change(handle), _writeState }
}

describe('trying out', () => {
  test('this Node has handles that do', () => {
    expect(ZlibHandle.tryOut(STREAMS)).toBe(true)
    expect(ZlibHandle.deflate(6)).toBeDefined()
    expect(ZlibHandle.inflate()).toBeDefined()
  })

  test.each<[string, (stream: object) => object]>([
    ['without a handle', () => ({})],
    ['with a handle that is nothing', () => ({ _handle: null, _writeState: new Uint32Array(2) })],
    ['without a state', (stream) => ({ ...withHandle(stream, (handle) => handle), _writeState: [0, 0] })],
    ['that cannot be set back', (stream) => withHandle(stream, () => ({ writeSync: () => undefined, onerror: null }))],
    ['that does nothing', (stream) => withHandle(stream, () => ({ writeSync() {}, reset() {}, onerror: null }))],
    ['that throws', (stream) => withHandle(stream, () => ({ writeSync: fail, reset() {}, onerror: null }))],
    ['that is not set back', (stream) => withHandle(stream, (handle) => forward(handle, { reset: () => undefined }))],
    [
      'that tells wrong lengths',
      (stream) => {
        const { _writeState } = stream as { _writeState: Uint32Array }
        const writeSync = (handle: { writeSync: (...args: unknown[]) => void }, args: unknown[]): void => {
          handle.writeSync(...args)
          _writeState[0] = (_writeState[0] ?? 0) + 1
        }
        return withHandle(stream, (handle) =>
          forward(handle, { writeSync: (...args: unknown[]) => writeSync(handle, args) }),
        )
      },
    ],
  ])('streams %s are found out', (_what, change) => {
    expect(ZlibHandle.tryOut({ ...STREAMS, deflate: (options) => change(createDeflateRaw(options)) })).toBe(false)
    expect(ZlibHandle.tryOut({ ...STREAMS, inflate: () => change(createInflateRaw()) })).toBe(false)
  })
})

function fail(): never {
  throw new Error('no such call')
}

/** A handle with some calls replaced; all others go to the real one. */
function forward(handle: object, calls: object): object {
  return new Proxy(handle, {
    get: (target, key) => {
      const value: unknown = Reflect.get(key in calls ? calls : target, key)
      return typeof value === 'function' && !(key in calls) ? value.bind(target) : value
    },
    set: (target, key, value) => Reflect.set(target, key, value),
  })
}

describe('deflating', () => {
  const slices = fc.array(fc.record({ at: fc.nat({ max: 60_000 }), length: fc.nat({ max: 70_000 }) }), {
    maxLength: 12,
  })

  test('gives what a new state gives, whatever was deflated before', () => {
    fc.assert(
      fc.property(slices, fc.integer({ min: 1, max: 9 }), fc.boolean(), (cuts, level, isWhole) => {
        const handle = ZlibHandle.deflate(level as 0)
        const output = new Uint8Array(200_000)
        const flush = isWhole ? constants.Z_FINISH : constants.Z_FULL_FLUSH
        for (const { at, length } of [{ at: 0, length: 100_000 }, ...cuts]) {
          const plain = TEXT.subarray(at, at + length)
          const { madeBytes, usedBytes } = handle?.run(flush, plain, output) ?? { madeBytes: -1, usedBytes: -1 }
          const expected = deflateRawSync(plain, { level, finishFlush: flush })
          expect(usedBytes).toBe(plain.length)
          expect(Buffer.compare(output.subarray(0, madeBytes), expected)).toBe(0)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('does not depend on what an earlier input left behind the end of this one', () => {
    const handle = ZlibHandle.deflate(6)
    const output = new Uint8Array(200_000)
    for (let length = 1; length < 3000; length += 7) {
      for (const plain of [TEXT.subarray(length, length + 9000), TEXT.subarray(0, length)]) {
        const { madeBytes = -1 } = handle?.run(constants.Z_FINISH, plain, output) ?? {}
        expect(Buffer.compare(output.subarray(0, madeBytes), deflateRawSync(plain, { level: 6 }))).toBe(0)
      }
    }
  })
})

describe('the codec', () => {
  afterEach(() => {
    vi.doUnmock('node:zlib')
    vi.resetModules()
  })

  test('makes and reads the same where there are no handles', async () => {
    vi.resetModules()
    vi.doMock(import('node:zlib'), async (original) => {
      const actual = await original()
      return { ...actual, createDeflateRaw: () => ({}) as never }
    })
    const { codec: plain } = await import('../../src/node/zlib-codec.ts')
    expect((await import('../../src/node/zlib-handle.ts')).ZlibHandle.deflate(6)).toBeUndefined()
    vi.doUnmock('node:zlib')
    vi.resetModules()
    const { codec: handled } = await import('../../src/node/zlib-codec.ts')
    const inputs = [0, 1, 511, 70_000, 2_200_000, 400].map((length) => Buffer.alloc(length, TEXT))
    for (const input of inputs) expectSame(plain, handled, input)
  })
})

function expectSame(one: Codec, other: Codec, input: Uint8Array): void {
  for (const end of ['final', 'flush'] as const) {
    const packed = one.deflateRaw(input, 6, end)
    expect(Buffer.compare(packed, other.deflateRaw(input, 6, end))).toBe(0)
    if (end === 'flush') continue
    const [a, b] = [one, other].map((codec) => codec.inflateRaw(packed, input.length))
    expect(a?.packedBytes).toBe(packed.length)
    expect(b).toEqual(a)
    const cut = packed.subarray(0, packed.length - 1)
    for (const codec of [one, other]) {
      expect(() => codec.inflateRaw(cut, input.length)).toThrow(/ends|cut|truncat/i)
      if (input.length > 0) expect(() => codec.inflateRaw(packed, input.length - 1)).toThrow(/more than|limit/i)
    }
  }
}
