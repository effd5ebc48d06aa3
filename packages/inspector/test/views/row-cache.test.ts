/** Rows that are fetched as they come into sight. */
import { expect, test } from 'vitest'
import { RowCache } from '../../src/views/row-cache.ts'

interface Asked {
  readonly start: number
  readonly end: number
  readonly answer: (rows: readonly string[]) => void
}

function cacheOf(): { cache: RowCache<string>; asked: Asked[]; changes: () => number } {
  const asked: Asked[] = []
  let changes = 0
  const fetch = (start: number, end: number): Promise<readonly string[]> =>
    new Promise((answer) => asked.push({ start, end, answer }))
  const cache = new RowCache(fetch, () => (changes += 1))
  return { cache, asked, changes: () => changes }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
const names = (start: number, end: number): string[] =>
  Array.from({ length: end - start }, (_, i) => `row ${start + i}`)

test('rows beside each other are asked for once', async () => {
  const { cache, asked, changes } = cacheOf()
  for (let index = 0; index < 40; index += 1) expect(cache.at(index, 1000)).toBeUndefined()
  expect(asked).toHaveLength(1)
  asked[0]?.answer(names(0, 128))
  await settled()
  expect(changes()).toBe(1)
  expect(cache.at(39, 1000)).toBe('row 39')
  expect(cache.at(128, 1000)).toBeUndefined()
  expect(asked.map(({ start }) => start)).toEqual([0, 128])
})

test('a page that was not full is asked for again when there is more', async () => {
  const { cache, asked } = cacheOf()
  cache.at(0, 10)
  asked[0]?.answer(names(0, 10))
  await settled()
  expect(cache.at(9, 10)).toBe('row 9')
  expect(asked).toHaveLength(1)
  cache.at(9, 11)
  expect(asked).toHaveLength(2)
})

test('what was asked for before it was cleared is dropped', async () => {
  const { cache, asked, changes } = cacheOf()
  cache.at(0, 5)
  cache.clear()
  asked[0]?.answer(names(0, 5))
  await settled()
  expect(changes()).toBe(0)
  expect(cache.at(0, 5)).toBeUndefined()
  expect(asked).toHaveLength(2)
})
