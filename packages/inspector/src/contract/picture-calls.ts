/** Where the space goes, and where things lie in the archive. */

/** Of what a picture is made: of data as it was, or as it lies in the archive. */
export type SpaceMeasure = 'size' | 'packed'

/** What was joined because it is small. */
export interface SpaceOthers {
  /** Files and folders directly in the folder. */
  readonly count: number
  readonly sizeBytes: number
  readonly packedBytes: number
}

/** A folder or file with the space that it takes. */
export interface SpaceNode {
  /** As stored, normalised; empty for the root. */
  readonly path: string
  /** Number of its line in the listing, from 0; -1 for a folder without one. */
  readonly line: number
  readonly isFolder: boolean
  /** Of data, all that is in it included, in bytes. */
  readonly sizeBytes: number
  /**
   * Of members in the archive, in bytes. Data of bases takes none; what a group takes is divided among its files by size;
   * where the listing does not say (format 1), a member goes on to the next one.
   */
  readonly packedBytes: number
  /** Entries in it, itself included where it has a line. */
  readonly entryCount: number
  /** Largest first, by the measure that was asked for. Undefined below the depth asked for, and for what is no folder. */
  readonly children: readonly SpaceNode[] | undefined
  /** What was joined of its children; undefined where all are listed. */
  readonly others: SpaceOthers | undefined
}

/** What reading the listing takes. */
export interface ListingCost {
  /** Packed length of the listing in bytes. */
  readonly bytes: number
  /** Whether it was read, or is being read. */
  readonly isRead: boolean
}

/** A part of the archive, in cells. Shares are 0 for nothing, 255 for all, and between them for all else. */
export interface ByteMap {
  /** Length of the archive in bytes. */
  readonly sizeBytes: number
  /** The part that is shown, in bytes. */
  readonly start: number
  readonly end: number
  /** Bytes that one cell stands for, but for the last. */
  readonly cellBytes: number
  /** Of each cell, the share of bytes that are data of single files. */
  readonly data: Uint8Array
  /** The share that are groups. */
  readonly groups: Uint8Array
  /** The share that belongs to the tail. */
  readonly tail: Uint8Array
  /** The share that was fetched. */
  readonly fetched: Uint8Array
  /** Whether the whole listing was read. */
  readonly isListed: boolean
  /** Whether all members are known, so that what is left of a cell is headers; never of a part of a merged archive. */
  readonly isComplete: boolean
  /** Where the slices but the first begin in the archive, in bytes; empty where it is in one piece. */
  readonly sliceStarts: readonly number[]
}

/** What lies at a place of the archive; `unknown` where the listing was not read, or is of a part. */
export type PlaceKind =
  | 'data'
  | 'group'
  | 'headers'
  | 'digests'
  | 'listing'
  | 'index'
  | 'service-info'
  | 'trailer'
  | 'unknown'

/** A file by its path and line. */
export interface PlaceFile {
  readonly path: string
  readonly line: number
}

/** One thing that lies in the archive. */
export interface Place {
  readonly offset: number
  readonly endOffset: number
  readonly kind: PlaceKind
  /** The first files in it, eight at most. */
  readonly files: readonly PlaceFile[]
  readonly fileCount: number
}

/** What lies in a range of the archive. */
export interface RangeContent {
  /** What takes most of it. */
  readonly largest: Place
  /** All that is in it, in the order of {@link PlaceKind}. */
  readonly kinds: readonly PlaceKind[]
  /** Members with data in it. */
  readonly memberCount: number
  /** Bytes of it that were fetched. */
  readonly fetchedBytes: number
}

/** One request. */
export interface RequestRow {
  /** Counts from 1, by source. */
  readonly number: number
  /** Which source, where it is not the archive itself: a base, or the catalogue. */
  readonly sourceName: string | undefined
  /** In the archive, slices joined; undefined where it is not known yet. */
  readonly offset: number | undefined
  /** Bytes that were asked for, and that came. */
  readonly lengthBytes: number
  readonly receivedBytes: number
  /** Undefined for other sources, and where nothing came. */
  readonly content: RangeContent | undefined
}

/** Pictures. */
export interface PictureCalls {
  /** Says what reading the listing takes. Reads nothing. */
  cost(): Promise<ListingCost>
  /**
   * Reads the whole listing, once; gives a folder's space.
   *
   * Of the folder's children 200 are listed, of those below 80; the rest, and what is below 1/2000 of the folder, is joined as
   * `others`. Twenty children are listed however small they are.
   *
   * @param depth - how deep children are given, from 1
   * @returns undefined where there is no such folder
   */
  space(
    folder: string,
    options: { readonly depth: number; readonly by: SpaceMeasure },
    onCount: (entryCount: number) => void,
    signal: AbortSignal,
  ): Promise<SpaceNode | undefined>
  /**
   * Gives the map of what is known now, without reading anything.
   *
   * @param range - what to show of the archive, in bytes
   */
  byteMap(range: { readonly start: number; readonly end: number }, cellCount: number): Promise<ByteMap>
  /** Reads the whole listing, so that the map is complete. */
  completeMap(onCount: (entryCount: number) => void, signal: AbortSignal): Promise<void>
  /** Says what lies in a range of the archive, of one byte or more. */
  contentOf(range: { readonly start: number; readonly end: number }): Promise<RangeContent>
  /** Gives the last requests, newest first. */
  requests(limit: number): Promise<readonly RequestRow[]>
}
