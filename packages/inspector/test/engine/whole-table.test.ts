/** The whole listing is read once for all who want it, and no longer than one of them does. */
import { type Archive, MemorySource, openArchive, withCounter } from 'isptar'
import { describe, expect, it } from 'vitest'
import { craftIndexed } from '../../../isptar/test/read/craft-archive.ts'
import { hasWholeTable, readyTable, wholeTable } from '../../src/engine/whole-table.ts'

const blocks = Array.from({ length: 100 }, (_, block) =>
  Array.from({ length: 500 }, (__, n) => `f${String(block * 500 + n).padStart(6, '0')}`),
)

async function archiveOf(bytes: Uint8Array): Promise<{ archive: Archive; requests: () => number }> {
  const source = withCounter(new MemorySource(bytes))
  const archive = await openArchive(source)
  return { archive, requests: () => source.requests }
}

describe('the whole table', () => {
  it('is read once, and kept', async () => {
    const { archive, requests } = await archiveOf(await craftIndexed(blocks))
    const counts: number[] = []
    const both = await Promise.all([
      wholeTable(archive, (count, table) => {
        expect(table.count).toBe(count)
        counts.push(count)
      }),
      wholeTable(archive, () => {}),
    ])
    expect(both[0]).toBe(both[1])
    expect(both[0].count).toBe(50_000)
    expect(counts).toEqual([20_000, 40_000])
    expect(readyTable(archive)).toBe(both[0])
    const before = requests()
    expect(await wholeTable(archive, () => {})).toBe(both[0])
    expect(requests()).toBe(before)
    await archive.close()
  })

  it('goes on for the others when one leaves, and ends with the last', async () => {
    const { archive } = await archiveOf(await craftIndexed(blocks))
    const [first, second] = [new AbortController(), new AbortController()]
    const leaving = wholeTable(archive, () => first.abort(), first.signal)
    const staying = wholeTable(archive, () => {}, second.signal)
    await expect(leaving).rejects.toMatchObject({ name: 'AbortError' })
    expect((await staying).count).toBe(50_000)
    await archive.close()
    const other = await archiveOf(await craftIndexed(blocks))
    const alone = wholeTable(other.archive, () => first.abort(), AbortSignal.abort())
    await expect(alone).rejects.toMatchObject({ name: 'AbortError' })
    const last = new AbortController()
    const ended = wholeTable(other.archive, () => last.abort(), last.signal)
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' })
    expect(hasWholeTable(other.archive)).toBe(false)
    expect((await wholeTable(other.archive, () => {})).count).toBe(50_000)
    await other.archive.close()
  })

  it('is tried anew after a failure', async () => {
    const bytes = await craftIndexed(blocks)
    const broken = bytes.slice()
    broken[600] = (broken[600] ?? 0) ^ 1
    const { archive } = await archiveOf(broken)
    await expect(wholeTable(archive, () => {})).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) })
    expect(hasWholeTable(archive)).toBe(false)
    await expect(wholeTable(archive, () => {})).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) })
    await archive.close()
  })
})
