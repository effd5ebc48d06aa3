/** Which entries are meant when paths are named. */
import { expect, test } from 'vitest'
import { PathScope } from '../../src/engine/path-scope.ts'

test('folders stand for all that is in them, and for nothing beside them', () => {
  const scope = new PathScope(['site/etc', '/var', 'a//b'])
  for (const path of ['site/etc', 'site/etc/motd', '/var/log/x', 'a//b', 'a//b/c'])
    expect([path, scope.has(path)]).toEqual([path, true])
  for (const path of ['', 'site', 'site/etc2', 'var/log', 'a', 'a/b', '/vary'])
    expect([path, scope.has(path)]).toEqual([path, false])
})

test('folders on the way to what is named are known', () => {
  const scope = new PathScope(['site/etc/motd', '/var/log', 'a//b'])
  for (const path of ['site', 'site/etc', '/var', 'a']) expect([path, scope.leadsTo(path)]).toEqual([path, true])
  for (const path of ['site/etc/motd', 'site/docs', 'var', ''])
    expect([path, scope.leadsTo(path)]).toEqual([path, false])
})

test('what lies in another that is named is no root', () => {
  expect(new PathScope(['a/b/c', 'a', 'ab', 'x/y']).roots).toEqual(['a', 'ab', 'x/y'])
  expect(new PathScope(['a', '']).roots).toEqual([''])
  expect(new PathScope(['a', '']).has('z')).toBe(true)
})
