import { expect, test } from 'vitest'
import { parseOwners, readOwners } from '../../src/node/owners.ts'

const none = new Uint8Array(0)

test('names come from the first line of a number; what is no line of a name is read over', () => {
  const passwd = Buffer.from('# root:x:7:\nroot:x:0:0::/root:/bin/sh\ntoor:x:0:0\n\nbroken\nx:y:z\nlast:x:4294967294:1')
  const owners = parseOwners(passwd, Buffer.from('staff:x:50:a,b\n'))
  expect([0, 4294967294, 7, 1].map((uid) => owners.userName(uid))).toEqual(['root', 'last', '', ''])
  expect([50, 0].map((gid) => owners.groupName(gid))).toEqual(['staff', ''])
})

test('names that are not UTF-8 keep their bytes', () => {
  const owners = parseOwners(Buffer.concat([Buffer.from([0xff]), Buffer.from(':x:5:5:\n')]), none)
  expect(owners.userName(5)).toBe('\udcff')
})

test('this machine knows root', () => {
  expect(readOwners().userName(0)).toBe('root')
})
