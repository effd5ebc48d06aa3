import { expect, it } from 'vitest'
import { createArchive, MemorySource, MemoryTarget, openArchive, SliceSource } from '../../src/index.ts'

it.each([100, 333, 1000, 4000])('an archive cut every %i bytes after it was written reads as before', async (step) => {
  const target = new MemoryTarget()
  const writer = createArchive(target)
  const text = Array.from({ length: 500 }, (_, index) => (index * 7919).toString(36)).join(' ')
  for (let i = 0; i < 5; i += 1) await writer.add({ path: `file${i}`, mtime: new Date(0) }, `${i} ${text}`)
  await writer.close()
  const bytes = target.bytes()
  const parts = Array.from(
    { length: Math.ceil(bytes.length / step) },
    (_, index) => new MemorySource(bytes.slice(index * step, (index + 1) * step), `a.part${index + 1}`),
  )
  expect(parts.length).toBeGreaterThan(1)
  await using archive = await openArchive(new SliceSource(parts, 'a'))
  for (let i = 0; i < 5; i += 1) expect(await archive.text(`file${i}`)).toBe(`${i} ${text}`)
  expect((await archive.verify()).problems).toEqual([])
})
