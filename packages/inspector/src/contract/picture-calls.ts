/** Where the space goes, and where things lie in the archive. */

/** A folder or file with the space that it takes. */
export interface SpaceNode {
  readonly path: string
  readonly isFolder: boolean
  /** Of data, all that is in it included, in bytes. */
  readonly sizeBytes: number
  /** Of members in the archive, in bytes; data of bases takes none, and a group is divided among its files by size. */
  readonly packedBytes: number
  /** Entries in it, itself included. */
  readonly entryCount: number
  /** Largest first; what is small beyond a bound is joined as `others`. Undefined below the depth asked for. */
  readonly children: readonly SpaceNode[] | undefined
  /** What was joined. */
  readonly others: { readonly count: number; readonly sizeBytes: number; readonly packedBytes: number } | undefined
}

/** What a byte of the archive is. */
export interface ByteMap {
  readonly sizeBytes: number
  /** Bytes that one cell stands for, but for the last. */
  readonly cellBytes: number
  /** Of each cell, the share of bytes that are members with data, 0 to 255. */
  readonly data: Uint8Array
  /** The share that belongs to the tail. */
  readonly tail: Uint8Array
  /** The share that was fetched. */
  readonly fetched: Uint8Array
  /** Whether all members are known: the whole listing was read. */
  readonly isComplete: boolean
}

/** A member under the pointer. */
export interface MemberAt {
  readonly offset: number
  readonly endOffset: number
  readonly kind: 'data' | 'group' | 'tail' | 'headers'
  /** Paths of the files in it, some of them. */
  readonly paths: readonly string[]
  readonly pathCount: number
}

/** Pictures. */
export interface PictureCalls {
  /** Reads the whole listing, once; gives a folder's space down to a depth. */
  space(folder: string, depth: number, onCount: (entryCount: number) => void, signal: AbortSignal): Promise<SpaceNode>
  /** Gives the map of what is known now, without reading anything. */
  byteMap(cellCount: number): Promise<ByteMap>
  /** Reads the whole listing, so that the map is complete. */
  completeMap(onCount: (entryCount: number) => void, signal: AbortSignal): Promise<void>
  /** Says what lies at a place of the archive. */
  memberAt(offset: number): Promise<MemberAt | undefined>
}
