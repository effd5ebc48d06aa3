/** Data that exists already, as a member of another archive: referred to, or moved as it is. */
import type { ListingRecord } from '../tail/listing-record.ts'

/** A file's data in another archive. */
export interface PlacedData {
  /** That archive's own record of it: a file with data. */
  readonly record: ListingRecord
  /**
   * Whether the record's columns were written with the data: the archive is of format 2. The original copies columns
   * from one archive to another, where they mean nothing.
   */
  readonly hasColumns: boolean
  /** SHA-256 of the data, 32 bytes, where it is known. */
  readonly digest?: Uint8Array | undefined
}

/** Data that stays in a base. */
export interface BaseData extends PlacedData {
  /** Which base has that record: 1 is the nearest. Its own references lead further. */
  readonly base: number
}

/** A data member to be moved as it is. */
export interface PackedData extends PlacedData {
  /** Length of the member in bytes. */
  readonly packedBytes: number
  /** CRC-32 of its plaintext, as its trailer has it. */
  readonly crc32: number
  /** The member, from its first byte to its last, in pieces. */
  readonly chunks: AsyncIterable<Uint8Array>
}
