/** Checking data against what the archive says of it. */

/** What to check. */
export type CheckScope =
  /** Tail, listing, every member, and that tar headers say what the listing says. */
  | { readonly type: 'archive' }
  /** The data of these entries, and of all that is in those that are folders; an empty path stands for all. */
  | { readonly type: 'entries'; readonly paths: readonly string[] }

/** How far it is. */
export interface CheckProgress {
  readonly entryCount: number
  /** Of all that is checked; undefined where that is not known. */
  readonly totalEntries: number | undefined
  readonly dataBytes: number
  readonly totalBytes: number | undefined
  /** What is being checked. */
  readonly path: string
}

/** What is wrong. */
export interface CheckProblem {
  /** Normalised; undefined where it is the archive's own. */
  readonly path: string | undefined
  readonly message: string
}

/** What a check found. */
export interface CheckReport {
  /** Whether nothing wrong was found. */
  readonly isOk: boolean
  /** Whether nothing was left out; the notices say what was. */
  readonly isComplete: boolean
  /** Files whose data is in a base that is not here; undefined where no data is here at all, in a catalogue. */
  readonly uncheckedFiles: number | undefined
  readonly scope: CheckScope['type']
  readonly entryCount: number
  /** Bytes of data that were read and found right. */
  readonly dataBytes: number
  /** What was done, in sentences. */
  readonly basis: readonly string[]
  readonly problems: readonly CheckProblem[]
  /** Problems beyond those listed. */
  readonly moreProblems: number
  /** What could not be checked, and why, and oddities that are no damage. */
  readonly notices: readonly string[]
}

/** Checking. */
export interface CheckCalls {
  /** Checks. What is wrong is reported, and does not end it. */
  verify(scope: CheckScope, onProgress: (progress: CheckProgress) => void, signal: AbortSignal): Promise<CheckReport>
}
