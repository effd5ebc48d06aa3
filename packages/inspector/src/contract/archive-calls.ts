/** Opening an archive. */

/** A file of the user's, or an absolute address. */
export type Place =
  | { readonly type: 'file'; readonly name: string; readonly blob: Blob }
  | { readonly type: 'url'; readonly url: string }

/** What to open. */
export interface OpenRequest {
  /** The archive in one place, or its slices in any order. The address of one slice stands for all of them. */
  readonly places: readonly Place[]
  /** The bases of a differential one, nearest first. */
  readonly bases?: readonly OpenRequest[] | undefined
  /** Its isolated catalogue. */
  readonly catalogue?: Place | undefined
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
  readonly isCatalogue: boolean
  readonly hasDigests: boolean
  readonly hasIndex: boolean
  /** Oddities that were read over. */
  readonly notices: readonly string[]
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
  /** Length of the archive in bytes. */
  readonly sizeBytes: number
}

/** Opening and closing. */
export interface ArchiveCalls {
  /**
   * Opens an archive in place of the one that was open.
   *
   * @param onMeter - told what was fetched, some times a second at most
   */
  open(request: OpenRequest, onMeter: (meter: Meter) => void, signal: AbortSignal): Promise<ArchiveSummary>
  close(): Promise<void>
}
