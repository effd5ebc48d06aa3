/** The archives of the other tests are what they are said to be. */
import { compareArchives, MemorySource, openArchive, openSlices } from 'isptar'
import { expect, test } from 'vitest'
import { differential, HOSTILE_NAMES, hostileSite, mergedArchive, siteTree, slicedArchive } from './archives.ts'

test('the differential needs its base and differs from it as it says', async () => {
  const { archive, base, differences } = await differential()
  const before = await openArchive(new MemorySource(base))
  const after = await openArchive(new MemorySource(archive), { bases: [before] })
  const found: string[] = []
  for await (const { kind, path } of compareArchives(before, after)) found.push(`${kind} ${path}`)
  expect(found).toEqual(differences)
  expect((await after.verify()).problems).toEqual([])
})

test('slices are several, and an archive together', async () => {
  const slices = await slicedArchive('site.tgz')
  expect(slices.length).toBeGreaterThan(2)
  const parts = slices.map(({ name, bytes }) => ({ name, open: async () => new MemorySource(bytes, name) }))
  const archive = await openArchive(openSlices(parts, { name: 'site.tgz' }))
  expect(archive.entryCount).toBe((await siteTree()).length)
})

test('the hostile ones can be listed', async () => {
  const archive = await openArchive(new MemorySource(hostileSite()))
  const paths: string[] = []
  for await (const { path } of archive.entries()) paths.push(path)
  expect(paths).toEqual(expect.arrayContaining([...HOSTILE_NAMES]))
  const merged = await openArchive(new MemorySource(await mergedArchive(['<img src=x>', 'b'])))
  expect(await merged.parts()).toEqual(['<img src=x>', 'b'])
})
