/** Opening an archive. */

/** A file of the user's, an absolute address, or a file in an archive. */
export type Place =
  | { readonly type: 'file'; readonly name: string; readonly blob: Blob }
  | {
      readonly type: 'url'
      readonly url: string
      /** Whether to fetch all of it first, from a server that cannot give a part of it. @defaultValue false */
      readonly isFetchedWhole?: boolean | undefined
    }
  | {
      readonly type: 'entry'
      /** The archive that it lies in. */
      readonly of: OpenRequest
      readonly path: string
    }

/** What to open. */
export interface OpenRequest {
  /** The archive in one place, or its slices in any order. The address of one slice alone stands for all of them. */
  readonly places: readonly Place[]
  /** The bases of a differential one, nearest first; undefined for one that is not at hand. */
  readonly bases?: readonly (OpenRequest | undefined)[] | undefined
  /** Its isolated catalogue. */
  readonly catalogue?: Place | undefined
  /** Which part of a merged archive is wanted. @defaultValue the whole */
  readonly part?: string | undefined
}

/** What is known of an open archive at once. */
export interface ArchiveSummary {
  /** What it is called, without folders and credentials. */
  readonly name: string
  /** Length of the whole archive in bytes, of all slices. */
  readonly sizeBytes: number
  readonly formatVersion: 1 | 2
  readonly writer: string | undefined
  /** RFC 3339. */
  readonly createdAt: string | undefined
  readonly entryCount: number | undefined
  /** Sum of the sizes of all files in bytes. */
  readonly dataBytes: number | undefined
  readonly identity: string | undefined
  readonly sliceNames: readonly string[] | undefined
  /** Identities and names of the bases that it was made against, and whether each was given. */
  readonly bases: readonly BaseSummary[]
  /** Names of the parts of a merged archive; none where it was not merged. */
  readonly partNames: readonly string[]
  /** Which of them this is; undefined for the whole. */
  readonly partName: string | undefined
  readonly isCatalogue: boolean
  readonly hasDigests: boolean
  readonly hasIndex: boolean
  /** Oddities that were read over. */
  readonly notices: readonly string[]
  /** What stands beside the listing in its tail, by name, with its packed size in bytes. */
  readonly sections: readonly { readonly name: string; readonly packedBytes: number }[]
  /** Where the tail begins and ends in the archive, in bytes. */
  readonly tail: { readonly offset: number; readonly endOffset: number }
}

/** A base that a differential archive was made against. */
export interface BaseSummary {
  readonly identity: string | undefined
  readonly name: string | undefined
  readonly isGiven: boolean
}

/** What was fetched of the archive so far, its bases included. */
export interface Meter {
  readonly requests: number
  readonly bytes: number
  /** Length of the archive and its bases in bytes; undefined while it is not known. */
  readonly sizeBytes: number | undefined
  /** Whether it was found to have been replaced since it was opened. */
  readonly isReplaced: boolean
}

/** Where a path leads. */
export interface FoundPath {
  /** As stored, normalised. */
  readonly path: string
  /** Of its entry; -1 for a folder without one. */
  readonly line: number
  readonly isFolder: boolean
}

/** Opening and closing. */
export interface ArchiveCalls {
  /**
   * Opens an archive in place of the one that was open, which stays open where this fails. What is still being opened is
   * given up.
   *
   * @param onMeter - told what was fetched, also while it opens, some times a second at most
   */
  open(request: OpenRequest, onMeter: (meter: Meter) => void, signal: AbortSignal): Promise<ArchiveSummary>
  /** Closes what is open, and gives up what is being opened. */
  close(): Promise<void>
  /** Looks a path up; undefined where nothing has it. Costs a block of the listing or two. */
  find(path: string, signal: AbortSignal): Promise<FoundPath | undefined>
}
