/** Whatever is merged comes out again, by part views and by splitting, and the original's reader sees the same. */
import fc from 'fast-check'
import { type Archive, flattenArchive, mergeArchives, MemoryTarget, splitArchive } from 'isptar'
import { expect, it } from 'vitest'
import { partsLikeOriginal, readLikeOriginal } from '../original-reader.ts'
import { describeEntry } from '../read/archive-content.ts'
import { arbitraryTree } from '../write/arbitrary-entries.ts'
import { buildArchive } from '../write/build-archive.ts'
import { open } from './copy-support.ts'

const isPartName = (name: string): boolean => name !== '' && !/[/\0]/.test(name)
const partName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter(isPartName),
  fc.constantFrom('full', 'd1', ' ', '\n', '\t', '.', '..', '.partname.1', '\udc80'),
)
/** Listings have no owner names that would break their lines; the tar headers of what was packed do. */
const listable = (name = ''): string => (/[\t\n\\]/.test(name) ? '' : name)
const tree = arbitraryTree.map((entries) =>
  entries.map((entry) => ({
    ...entry,
    userName: listable(entry.userName),
    groupName: listable(entry.groupName),
  })),
)
const part = fc.record({ name: partName, tree })
const parts = fc.uniqueArray(part, { minLength: 1, maxLength: 5, selector: ({ name }) => name })

/** Entries with the data of files; random hardlinks lead to nothing. */
async function describe(archive: Archive): Promise<string[]> {
  const found: string[] = []
  for await (const entry of archive.entries()) {
    const data = entry.type === 'file' ? Buffer.from(await entry.bytes()).toString('latin1') : ''
    found.push(`${describeEntry(entry)}${data}`)
  }
  return found
}

it('random parts', async () => {
  await fc.assert(
    fc.asyncProperty(parts, async (given) => {
      const inputs = await Promise.all(
        given.map(async ({ name, tree: entries }) => ({ name, bytes: await buildArchive(entries) })),
      )
      const target = new MemoryTarget()
      const archives = await Promise.all(inputs.map(async ({ name, bytes }) => ({ name, archive: await open(bytes) })))
      await mergeArchives(archives, target)
      await using merged = await open(target.bytes())
      expect(await merged.parts()).toEqual(given.map(({ name }) => name))
      for (const { name, archive } of archives)
        expect(await describe(await merged.part(name))).toEqual(await describe(archive))
      const seen = partsLikeOriginal(readLikeOriginal(target.bytes()).entries)
      expect([...seen.values()].map(({ length }) => length)).toEqual(given.map(({ tree: { length } }) => length))
      const targets: MemoryTarget[] = []
      await splitArchive(merged, (name) => {
        const split = new MemoryTarget(name)
        targets.push(split)
        return split
      })
      const same = inputs.map(({ bytes }, i) => Buffer.compare(bytes, targets[i]?.bytes() ?? Buffer.of()))
      expect(same).toEqual(inputs.map(() => 0))
    }),
    { numRuns: 60 },
  )
})

it('what is merged is flattened with its parts', async () => {
  await fc.assert(
    fc.asyncProperty(parts, async (given) => {
      const target = new MemoryTarget()
      await mergeArchives(
        await Promise.all(
          given.map(async ({ name, tree: entries }) => ({ name, archive: await open(await buildArchive(entries)) })),
        ),
        target,
        { createdAt: { seconds: 1_700_000_000, nanoseconds: 0 } },
      )
      const flat = new MemoryTarget()
      await flattenArchive(await open(target.bytes()), flat)
      expect(Buffer.compare(flat.bytes(), target.bytes())).toBe(0)
    }),
    { numRuns: 30 },
  )
})
