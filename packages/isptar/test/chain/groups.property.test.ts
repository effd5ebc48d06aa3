/** Whatever is grouped and whatever is kept of it: copies hold the same, need no base, and verify. */
import fc from 'fast-check'
import { type Archive, createArchive, flattenArchive, mergeArchives, MemoryTarget, splitArchive } from 'isptar'
import { expect, it } from 'vitest'
import { describeForWriter } from '../../src/chain/entry-input.ts'
import { describeEntry } from '../read/archive-content.ts'
import { arbitraryTree } from '../write/arbitrary-entries.ts'
import { buildArchive } from '../write/build-archive.ts'
import { open } from './copy-support.ts'

const groupBytes = fc.oneof(fc.constantFrom(0, 512, 2048), fc.integer({ min: 1, max: 20_000 }))

/** Entries with the data of files and their digests; random hardlinks lead to nothing. */
async function describe(archive: Archive): Promise<string[]> {
  const found: string[] = []
  for await (const entry of archive.entries({ digests: true })) {
    const data = entry.type === 'file' ? Buffer.from(await entry.bytes()).toString('latin1') : ''
    const digest = Buffer.from((await entry.digest()) ?? []).toString('hex')
    found.push(`${describeEntry(entry)}${data}${digest}`)
  }
  return found
}

/** What verification finds, but links to nothing. */
async function problemsOf(archive: Archive): Promise<string[]> {
  const { problems } = await archive.verify()
  return problems.filter(({ code }) => code !== 'entry-not-found').map(({ message }) => message)
}

it('flattened', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryTree, groupBytes, groupBytes, fc.array(fc.nat(2)), async (tree, length, other, fates) => {
      const base = await open(await buildArchive(tree, { groupBytes: length }))
      const target = new MemoryTarget()
      const writer = createArchive(target, { bases: [{ identity: base.identity ?? '' }], groupBytes: other })
      let index = 0
      for await (const entry of base.entries()) {
        const fate = fates[index] ?? 0
        index += 1
        const input = describeForWriter(entry)
        const digest = await entry.digest()
        if (fate === 1) continue
        if (entry.type !== 'file') await writer.add(input)
        else if (fate === 2 || entry.location === undefined) await writer.add(input, await entry.bytes())
        else await writer.addReference(input, { record: entry.record, base: 1, hasColumns: true, digest })
      }
      await writer.close()
      await using archive = await open(target.bytes(), { bases: [base] })
      expect(await problemsOf(archive)).toEqual([])
      const flat = new MemoryTarget()
      await flattenArchive(archive, flat, { groupBytes: other })
      await using copy = await open(flat.bytes())
      expect(await describe(copy)).toEqual(await describe(archive))
      expect(await problemsOf(copy)).toEqual([])
    }),
    { numRuns: 100 },
  )
})

it('merged, and split again', async () => {
  const part = fc.record({ tree: arbitraryTree, length: groupBytes })
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (given) => {
      const archives = await Promise.all(
        given.map(async ({ tree, length }) => open(await buildArchive(tree, { groupBytes: length }))),
      )
      const target = new MemoryTarget()
      await mergeArchives(
        archives.map((archive, i) => ({ name: `part ${i}`, archive })),
        target,
      )
      await using merged = await open(target.bytes())
      expect(await problemsOf(merged)).toEqual([])
      const parts = await merged.openParts()
      for (const [i, archive] of archives.entries())
        expect(await describe(parts[i] ?? merged)).toEqual(await describe(archive))
      const targets: MemoryTarget[] = []
      await splitArchive(merged, (name) => targets[targets.push(new MemoryTarget(name)) - 1] ?? target)
      for (const [i, archive] of archives.entries()) {
        const again = await open(targets[i]?.bytes() ?? new Uint8Array(0))
        expect(await describe(again)).toEqual(await describe(archive))
        expect(await problemsOf(again)).toEqual([])
      }
    }),
    { numRuns: 40 },
  )
})
