import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ignore from 'ignore'
import { expect, test, vi } from 'vitest'
import { createExcludeRules } from '../../src/node/exclude-rules.ts'
import { makeFolder } from './walk-support.ts'

vi.mock('ignore', async (original) => {
  const { default: real } = await original<{ default: typeof ignore }>()
  return { default: vi.fn<typeof ignore>(real) }
})

test('no patterns make no rules', async () => {
  expect(await createExcludeRules()).toBeUndefined()
  expect(await createExcludeRules([], [])).toBeUndefined()
})

test.each([
  ['*.log', 'a/b.log', false, true],
  ['*.log', 'a/b.LOG', false, false],
  ['/a', 'a', false, true],
  ['/a', 'b/a', false, false],
  ['a/', 'a', false, false],
  ['a/', 'b/a', true, true],
  ['**/x/*.tmp', 'p/q/x/1.tmp', false, true],
  ['\\#a', '#a', false, true],
  ['?', '\udcff', false, true],
  ['./a', 'a', false, true],
  ['././a/b', 'a/b', false, true],
  ['./a', 'b/a', false, false],
  ['a\nb', 'a\nb', false, true],
  ['a\nb', 'a', false, false],
])('%j on %j (folder: %j): %j', async (pattern, path, isFolder, excluded) => {
  expect((await createExcludeRules([pattern]))?.(path, isFolder)).toBe(excluded)
})

test('the last pattern that matches counts; those of files come first', async () => {
  const file = join(makeFolder(), 'patterns')
  writeFileSync(file, '*\n!keep\n')
  const rules = await createExcludeRules(['keep/too'], [file])
  expect(['x', 'keep', 'keep/too'].map((path) => rules?.(path, false))).toEqual([true, false, true])
})

test('patterns that left nothing out are known, each by itself', async () => {
  const rules = await createExcludeRules(['*.log', './a.log', 'b.log', '!keep', 'c/'])
  expect(rules?.unmet()).toEqual(['*.log', './a.log', 'b.log', 'c/'])
  rules?.('a.log', false)
  rules?.('c', false)
  expect(rules?.unmet()).toEqual(['b.log', 'c/'])
  rules?.('c', true)
  expect(rules?.unmet()).toEqual(['b.log'])
})

test('rules hold for more paths than are remembered, and the memory is given up', async () => {
  vi.mocked(ignore).mockClear()
  const rules = await createExcludeRules(['*.log', '!1.log'])
  for (let n = 0; n < 40_000; n += 1) expect(rules?.(`${n}.log`, false)).toBe(n !== 1)
  expect(rules?.('1.log', false)).toBe(false)
  // One at first, one that tells when `*.log` is met, and two that begin anew.
  expect(ignore).toHaveBeenCalledTimes(4)
})

test('a file of patterns that is missing is an error that names it', async () => {
  const file = join(makeFolder(), 'nowhere')
  await expect(createExcludeRules([], [file])).rejects.toEqual(
    expect.objectContaining({ code: 'storage', kind: 'not-found', location: file }),
  )
})
