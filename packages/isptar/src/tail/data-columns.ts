/** The columns of a line that speak of its data and go with it into another archive (SPEC 4). */
import { encodeSeekColumns, type SeekTable } from './seek-column.ts'
import { isXattrColumn } from './xattr-column.ts'

/** What a data member's columns say. */
export interface MemberFacts {
  /** Length of the member in bytes. */
  readonly packedBytes: number
  /** CRC-32 of its plaintext. */
  readonly crc32: number
  readonly seek?: SeekTable | undefined
}

const OF_MEMBER: ReadonlySet<string> = new Set(['csize', 'crc', 'seek', 'seekcrc'])

/** Gives the columns of a member. */
export function encodeMemberColumns({ packedBytes, crc32, seek }: MemberFacts): (readonly [string, string])[] {
  return [
    ['csize', String(packedBytes)],
    ['crc', crc32.toString(16).padStart(8, '0')],
    ...(seek ? encodeSeekColumns(seek) : []),
  ]
}

/** Gives those columns of a line that go with its data: also the unknown ones, but not those of the entry's own. */
export function columnsOfData(columns: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...columns].filter(([key]) => !isXattrColumn(key)))
}

/** Gives the columns without those that say where and how long the member is. */
export function withoutMemberColumns(columns: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...columns].filter(([key]) => !OF_MEMBER.has(key)))
}
