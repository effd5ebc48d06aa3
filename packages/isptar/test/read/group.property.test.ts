/** Random trees, grouped by any length and cut anywhere, are read as they were packed. */
import fc from 'fast-check'
import { MemorySource, openArchive, SliceSource } from 'isptar'
import { expect, it } from 'vitest'
import { expectBytes } from '../gzip/samples.ts'
import { arbitraryTree, pathBytesOf } from '../write/arbitrary-entries.ts'
import type { SampleEntry } from '../write/build-archive.ts'
import { bytesOf, craftGroups } from './craft-groups.ts'

const groupBytes = fc.oneof(fc.constantFrom(0, 512, 1024), fc.integer({ min: 0, max: 20_000 }))
const isFile = ({ type = 'file' }: SampleEntry): boolean => type === 'file'

it('entries, data, parts of it and digests are right, and verification finds nothing', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryTree, groupBytes, fc.nat(), fc.nat(), async (tree, length, a, b) => {
      await using archive = await openArchive(new MemorySource(craftGroups(tree, { groupBytes: length }).bytes))
      const given = tree[Symbol.iterator]()
      for await (const entry of archive.entries({ digests: true })) {
        const sample = given.next().value
        expect(Buffer.from(entry.pathBytes)).toEqual(sample && pathBytesOf(sample))
        if (sample === undefined || !isFile(sample)) continue
        const data = bytesOf(sample.data)
        expectBytes(await entry.bytes(), data)
        const [start = 0, end = 0] = [a % (data.length + 1), b % (data.length + 1)].sort((x, y) => x - y)
        expectBytes(await entry.bytes({ start, end }), data.subarray(start, end))
        expect(await entry.digest()).toHaveLength(32)
      }
      const report = await archive.verify()
      const told = report.problems.filter(({ code }) => code !== 'entry-not-found' && code !== 'unsafe-path')
      expect(told).toEqual([])
    }),
    { numRuns: 150 },
  )
})

it('cut into slices of any length, wherever a group lies', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryTree, groupBytes, fc.integer({ min: 1, max: 3000 }), async (tree, length, sliceBytes) => {
      const { bytes } = craftGroups(tree, { groupBytes: length, sliceBytes })
      const count = Math.ceil(bytes.length / sliceBytes)
      const slices = Array.from({ length: count }, (_, i) => bytes.subarray(i * sliceBytes, (i + 1) * sliceBytes))
      const sources = slices.map((slice, i) => new MemorySource(slice, `x.part${i + 1}`))
      await using archive = await openArchive(new SliceSource(sources, 'x'))
      for (const sample of tree.filter(isFile)) {
        const path = Buffer.from(pathBytesOf(sample)).toString('latin1')
        const entries = archive.entries()
        for await (const entry of entries)
          if (Buffer.from(entry.pathBytes).toString('latin1') === path)
            expectBytes(await entry.bytes(), bytesOf(sample.data))
      }
    }),
    { numRuns: 60 },
  )
})
