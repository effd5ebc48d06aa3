/** Parts of files are read from the chunks that hold them, and are exactly the bytes of the whole. */
import fc from 'fast-check'
import { type Codec, MemorySource, openArchive, pakoCodec } from 'isptar'
import { zlibCodec } from 'isptar/node'
import { describe, expect, it } from 'vitest'
import { expectBytes } from '../gzip/samples.ts'
import { buildArchive } from '../write/build-archive.ts'
import { CHUNK, mixedBytes, seekTableOf } from './seekable.ts'

/** Places at, before and behind every border. */
function places(size: number): number[] {
  const borders = Array.from({ length: Math.ceil(size / CHUNK) + 1 }, (_, k) => k * CHUNK)
  const around = [...borders, size, size >> 1].flatMap((at) => [at - 1, at, at + 1])
  return [...new Set(around)].filter((at) => at >= 0 && at <= size).sort((a, b) => a - b)
}

const CODECS: readonly Codec[] = [pakoCodec, zlibCodec]
const rows = CODECS.flatMap((codec) => ([0, 6] as const).map((level) => ({ codec, level, name: codec.name })))

describe.each(rows)('$name at level $level', ({ codec, level }) => {
  it.each([CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 200])('every part of %i bytes', async (size) => {
    const data = mixedBytes(size)
    const bytes = await buildArchive([{ path: 'f', data }], { codec, level, seekBytes: CHUNK })
    await using archive = await openArchive(new MemorySource(bytes), { codec })
    expect((await seekTableOf(archive, 'f'))?.packedBytes.length).toBe(Math.ceil(size / CHUNK))
    const entry = await archive.get('f')
    for (const start of places(size))
      for (const end of places(size).filter((place) => place >= start))
        expectBytes(await entry.bytes({ start, end }), data.subarray(start, end))
  })

  it('any part of any size', async () => {
    const given = fc.tuple(
      fc.integer({ min: 1, max: 60_000 }),
      fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 9 }),
    )
    await fc.assert(
      fc.asyncProperty(given, fc.boolean(), async ([size, parts], known) => {
        const data = mixedBytes(size)
        const entry = { path: 'f', data: [data], ...(known && { sizeBytes: size }) }
        const bytes = await buildArchive([entry], { codec, level, seekBytes: CHUNK })
        await using archive = await openArchive(new MemorySource(bytes), { codec })
        for (const [a, b] of parts) {
          const start = a % (size + 1)
          const end = start + (b % (size - start + 1))
          expectBytes(await archive.bytes('f', { start, end }), data.subarray(start, end))
        }
      }),
      { numRuns: 20 },
    )
  })
})
