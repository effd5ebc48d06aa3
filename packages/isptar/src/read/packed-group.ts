/** Gives a group as it lies in its archive, to be moved into another as a whole. */
import type { ReadOptions } from '../io/byte-source.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import type { Group } from './group-cache.ts'
import { type DataContext, dataContextOf, isGrouped, locateData } from './locate-data.ts'
import { naming } from './read-data.ts'
import { takeGrouped } from './read-group.ts'

/** A group, and where in it the data of the file lies that it was asked for by. */
export interface PackedGroup extends Group {
  /** Where the data begins in the plaintext. */
  readonly plainOffset: number
  /** CRC-32 of the data and the zeros that fill it to whole blocks. */
  readonly crc32: number
}

/**
 * Gives the group of a file with data, which was found right. Files of one group that are asked for one after the other get
 * the same arrays; nobody may change them.
 *
 * @returns undefined for a file in a member of its own
 * @throws FormatError, IntegrityError, BaseMismatchError, which name the entry; StorageError
 */
export async function findGroup(
  context: DataContext,
  record: ListingRecord,
  options: ReadOptions,
): Promise<PackedGroup | undefined> {
  try {
    const place = locateData(record, context)
    if (!isGrouped(place)) return undefined
    const owner = dataContextOf(record, context)
    const group = await owner.groups.read(owner, place, options)
    takeGrouped(owner, group, record, place)
    return { ...group, plainOffset: place.plainOffset, crc32: place.crc32 }
  } catch (error) {
    throw naming(error, record)
  }
}
