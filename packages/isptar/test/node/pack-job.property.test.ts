import { writeFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { sha256Of } from '../../src/node/node-sha256.ts'
import { PackBatch, partsOf } from '../../src/node/pack-batch.ts'
import { buffersOf, runPackJob } from '../../src/node/pack-job.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import { createArchive } from '../../src/write/archive-writer.ts'
import { paddedBytes } from '../../src/write/batch-maker.ts'
import { encodeEntryHeader } from '../../src/write/entry-writer.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { makeFolder, walk } from './walk-support.ts'

const files = fc.array(
  fc.record({
    sizeBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3000 }), fc.constant(20_000)),
    /** What becomes of it between the walk and the job. */
    fate: fc.oneof({ weight: 3, arbitrary: fc.constant('stays') }, fc.constantFrom('goes', 'grows', 'changes')),
    isStored: fc.boolean(),
  }),
  { minLength: 1, maxLength: 20 },
)

function textOf(at: number, sizeBytes: number): string {
  return String.fromCharCode(97 + at).repeat(sizeBytes)
}

test('what is as the walk saw it is in the parts of a batch, and what is not is left out between them', async () => {
  await fc.assert(
    fc.asyncProperty(files, fc.constantFrom(0, 4096, 65_536), fc.boolean(), async (list, groupBytes, digests) => {
      const cwd = makeFolder()
      const nameOf = (at: number): string => String(at).padStart(2, '0')
      for (const [at, { sizeBytes }] of list.entries()) writeFileSync(join(cwd, nameOf(at)), textOf(at, sizeBytes))
      const { entries } = await walk('.', { cwd })
      const writer = createArchive(new MemoryTarget(), { groupBytes, digest: digests ? 'sha256' : 'none' })
      const batch = new PackBatch(1_000_000)
      for (const [at, entry] of entries.entries()) {
        const header = writer.toHeader(entry)
        const level = list[at]?.isStored ? 0 : 6
        batch.add({ entry, header, blocks: encodeEntryHeader(header), level, notes: [] })
      }
      for (const [at, { fate, sizeBytes }] of list.entries()) {
        const path = join(cwd, nameOf(at))
        if (fate === 'goes') unlinkSync(path)
        if (fate === 'grows') writeFileSync(path, `${textOf(at, sizeBytes)}more`)
        if (fate === 'changes') writeFileSync(path, textOf(at + 1, sizeBytes))
      }
      const job = batch.toJob(writer.entryOptions)
      const result = runPackJob(job, nodeFileSystem)
      if (result.kind !== 'batch') throw new Error('another result')
      expect(buffersOf(result)).toEqual([result.bytes.buffer])
      expect(result.bytes.buffer.byteLength).toBe(result.bytes.length)

      const parts = [...partsOf(batch.entries, result)]
      const isLeft = (at: number): boolean => (list[at]?.sizeBytes ?? 0) > 0 && list[at]?.fate !== 'stays'
      const left = entries.filter((_, at) => isLeft(at))
      expect(parts.map(({ leftOut }) => leftOut?.entry)).toEqual([...left, undefined])
      expect(parts.flatMap((part) => part.entries.map(({ entry }) => entry))).toEqual(
        entries.filter((_, at) => !isLeft(at)),
      )
      for (const part of parts) {
        const plain = part.batch.bytes.length > 0 ? gunzipSync(part.batch.bytes) : Buffer.alloc(0)
        const tar = part.entries.flatMap(({ entry, blocks }) => [blocks, dataOf(entry.path.toString())])
        expect(Buffer.compare(plain, concatBytes(tar))).toBe(0)
        for (const [k, { member, digest }] of part.batch.entries.entries()) {
          const name = part.entries[k]?.entry.path.toString() ?? ''
          const data = dataOf(name)
          expect(member !== undefined).toBe(data.length > 0)
          if (!member) continue
          const own = gunzipSync(part.batch.bytes.subarray(member.offset, member.offset + member.packedBytes))
          expect(Buffer.compare(own.subarray(member.plainOffset, member.plainOffset + data.length), data)).toBe(0)
          const { sizeBytes = 0 } = list[Number(name)] ?? {}
          expect(digest).toEqual(digests ? new Uint8Array(sha256Of(data.subarray(0, sizeBytes))) : undefined)
        }
      }
      await writer.abort()

      function dataOf(name: string): Uint8Array {
        const { sizeBytes = 0 } = list[Number(name)] ?? {}
        const padded = new Uint8Array(paddedBytes(sizeBytes))
        padded.set(Buffer.from(textOf(Number(name), sizeBytes)))
        return padded
      }
    }),
    { numRuns: 40 },
  )
})
