import { isIsptarError } from 'isptar'
import { expect, test } from 'vitest'
import { FolderTree } from '../../src/text/folder-tree.ts'

function draw(paths: readonly (readonly [path: string, suffix: string])[]): string {
  const tree = new FolderTree()
  for (const [path, suffix] of paths) tree.add(path, suffix)
  return [...tree.lines((name) => name.toUpperCase())].join('')
}

test('folders without an entry appear, later entries of a folder join it, names go through show', () => {
  expect(
    draw([
      ['a/b/file', ''],
      ['a', '/'],
      ['z', ' -> a'],
      ['./a/c', ''],
    ]),
  ).toBe('├── A/\n│   ├── B/\n│   │   └── FILE\n│   └── C\n└── Z -> a\n')
})

test('nothing is nothing', () => {
  expect(draw([])).toBe('')
})

test('a path too deep to be shown is refused, not a stack overflow', () => {
  const draws = (depth: number) => () => draw([['x/'.repeat(depth - 1) + 'x', '']])
  expect(draws(1024)()).toContain('X')
  expect(draws(1025)).toThrow(expect.toSatisfy((error) => isIsptarError(error, 'limit')))
  expect(draws(300_000)).toThrow('300000 folders deep')
})
