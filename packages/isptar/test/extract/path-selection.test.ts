import { expect, test } from 'vitest'
import { PathSelection } from '../../src/extract/path-selection.ts'

test('means exact paths and what is in folders, and remembers what it never met', () => {
  const selection = new PathSelection(['etc/nginx/', './var/log', 'missing', 'etc/nginx'])
  const paths = ['etc', 'etc/nginx', 'etc/nginx/a/b', 'etc/nginx2', './var/log/x', 'var', 'var/logs']
  expect(paths.filter((path) => selection.has(path))).toEqual(['etc/nginx', 'etc/nginx/a/b', './var/log/x'])
  expect(selection.unmet).toEqual(['missing'])
})

test.each([[undefined], [['.']], [['a', './']]])('%j means all', (only) => {
  const selection = new PathSelection(only)
  expect([selection.has('x'), selection.has('a/b'), selection.unmet]).toEqual([true, true, []])
})

test('an empty list means nothing', () => {
  expect(new PathSelection([]).has('x')).toBe(false)
})

test('what is to be below a path is, whatever else is named, and the path itself may be missing', () => {
  const paths = ['a', 'a/b', 'a/bc', 'a/b/c', './a/b/d', 'x']
  const all = new PathSelection(undefined, './a/b/')
  expect(paths.filter((path) => all.has(path))).toEqual(['a/b', 'a/b/c', './a/b/d'])
  const some = new PathSelection(['a/b/c', 'x'], 'a/b')
  expect(paths.filter((path) => some.has(path))).toEqual(['a/b/c'])
  const none = new PathSelection(undefined, 'missing')
  expect([none.has('a'), none.unmet]).toEqual([false, []])
})
