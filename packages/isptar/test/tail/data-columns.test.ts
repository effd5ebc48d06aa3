/** Which columns go with a file's data, and which belong to its member. */
import { expect, it } from 'vitest'
import { columnsOfData, encodeMemberColumns, withoutMemberColumns } from '../../src/tail/data-columns.ts'

it('of a member: its length and checksum, and its seek points where it has some', () => {
  const facts = { packedBytes: 31, crc32: 0x93c746d }
  expect(encodeMemberColumns(facts)).toEqual([
    ['csize', '31'],
    ['crc', '093c746d'],
  ])
  const seek = { chunkBytes: 4096, packedBytes: [5, 6], crc32s: [1, 2] }
  expect(encodeMemberColumns({ ...facts, seek }).map(([key]) => key)).toEqual(['csize', 'crc', 'seek', 'seekcrc'])
})

const columns = new Map(
  ['csize', 'crc', 'seek', 'seekcrc', 'dirty', 'x.user.tag', 'future'].map((key) => [key, `of ${key}`]),
)

it('attributes stay with the entry, unknown columns go with the data', () => {
  expect([...columnsOfData(columns).keys()]).toEqual(['csize', 'crc', 'seek', 'seekcrc', 'dirty', 'future'])
})

it('what says where and how long the member is does not go where it is another', () => {
  expect([...withoutMemberColumns(columns)]).toEqual([
    ['dirty', 'of dirty'],
    ['x.user.tag', 'of x.user.tag'],
    ['future', 'of future'],
  ])
})
