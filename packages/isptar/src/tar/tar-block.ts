/**
 * Where things stand in a 512-byte tar header block (POSIX.1-1988 ustar), its checksum, and the type letters.
 */
import type { EntryType } from './entry-type.ts'

/** Length of a tar block; headers and data are padded to a multiple of it. */
export const BLOCK_BYTES = 512

/** A field's place in the header block. */
export interface Field {
  readonly offset: number
  readonly length: number
}

/** What the fields of a ustar header block are called here. */
export type FieldName =
  | 'name'
  | 'mode'
  | 'uid'
  | 'gid'
  | 'size'
  | 'mtime'
  | 'checksum'
  | 'typeFlag'
  | 'linkName'
  | 'magic'
  | 'userName'
  | 'groupName'
  | 'deviceMajor'
  | 'deviceMinor'
  | 'prefix'

/** The fields of a ustar header block. */
export const FIELDS: Readonly<Record<FieldName, Field>> = {
  name: { offset: 0, length: 100 },
  mode: { offset: 100, length: 8 },
  uid: { offset: 108, length: 8 },
  gid: { offset: 116, length: 8 },
  size: { offset: 124, length: 12 },
  mtime: { offset: 136, length: 12 },
  checksum: { offset: 148, length: 8 },
  typeFlag: { offset: 156, length: 1 },
  linkName: { offset: 157, length: 100 },
  magic: { offset: 257, length: 8 },
  userName: { offset: 265, length: 32 },
  groupName: { offset: 297, length: 32 },
  deviceMajor: { offset: 329, length: 8 },
  deviceMinor: { offset: 337, length: 8 },
  prefix: { offset: 345, length: 155 },
}

/** The letter that stands for each entry type. */
export const TYPE_FLAGS: Readonly<Record<EntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  directory: '5',
  fifo: '6',
}

/** Gives a view of one field of a header block. */
export function fieldBytes(block: Uint8Array, field: Field): Uint8Array {
  return block.subarray(field.offset, field.offset + field.length)
}

/** Gives the type letter of a header block. */
export function typeFlagOf(block: Uint8Array): string {
  return String.fromCharCode(block[FIELDS.typeFlag.offset] ?? 0)
}

/**
 * Sums a header block's bytes, the checksum field taken as blanks.
 *
 * @returns the sum of unsigned bytes, as POSIX wants it, and of signed ones, as some old tars wrote it
 */
export function checksums(block: Uint8Array): { unsigned: number; signed: number } {
  let unsigned = 0
  let high = 0
  for (let i = 0; i < BLOCK_BYTES; i += 1) {
    const byte = block[i] as number
    unsigned += byte
    high += byte >> 7
  }
  const { offset, length } = FIELDS.checksum
  for (let i = offset; i < offset + length; i += 1) {
    const byte = block[i] as number
    unsigned += 0x20 - byte
    high -= byte >> 7
  }
  return { unsigned, signed: unsigned - high * 256 }
}
