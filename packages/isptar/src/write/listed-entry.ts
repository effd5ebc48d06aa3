/** Makes the listing's record of an entry that was written, referred to, or moved (SPEC 3, 4). */
import { columnsOfData, encodeMemberColumns, type MemberFacts, withoutMemberColumns } from '../tail/data-columns.ts'
import type { ListingRecord, Location } from '../tail/listing-record.ts'
import { encodeXattrColumn } from '../tail/xattr-column.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { PlacedData } from './placed-data.ts'

/** What of an entry's record does not stand in its header. */
export interface ListedData {
  readonly location: Location | undefined
  /** Columns that speak of the data. */
  readonly columns: ReadonlyMap<string, string>
}

/** An entry without data. */
export const NO_DATA: ListedData = { location: undefined, columns: new Map() }

/** Joins header and data to a record. */
export function listEntry(header: TarHeader, data: ListedData, dirty: boolean): ListingRecord {
  const { pathBytes, type, mode, uid, gid, userName, groupName, sizeBytes, device, mtime, linkBytes } = header
  const columns = columnsOf(header, data, dirty)
  const { location } = data
  // Field by field: spreading a header costs more than all else that is done for a line.
  return {
    pathBytes,
    type,
    mode,
    uid,
    gid,
    userName,
    groupName,
    sizeBytes,
    device,
    mtime,
    linkBytes,
    location,
    columns,
  }
}

/** Most entries have the columns of their data and no more. */
function columnsOf({ xattrs }: TarHeader, data: ListedData, dirty: boolean): ReadonlyMap<string, string> {
  if (!dirty && (xattrs === undefined || xattrs.size === 0)) return data.columns
  const columns = new Map(data.columns)
  if (dirty) columns.set('dirty', '1')
  for (const [name, value] of xattrs ?? []) columns.set(...encodeXattrColumn(name, value))
  return columns
}

/** Describes data that was written here. */
export function listMember(location: Location, facts: MemberFacts): ListedData {
  return { location, columns: new Map(encodeMemberColumns(facts)) }
}

/** Describes data that was moved here: its columns go with it. */
export function listMoved(location: Location, facts: MemberFacts, from: PlacedData): ListedData {
  return { location, columns: new Map([...encodeMemberColumns(facts), ...knownColumns(from)]) }
}

/** Describes data that stays where it is. */
export function listReference(location: Location, from: PlacedData): ListedData {
  return { location, columns: knownColumns(from) }
}

function knownColumns({ record, hasColumns }: PlacedData): ReadonlyMap<string, string> {
  const columns = columnsOfData(record.columns)
  return hasColumns ? columns : withoutMemberColumns(columns)
}
