/** Checking data against what the archive says of it. */

/** How far it is. */
export interface CheckProgress {
  readonly entryCount: number
  readonly dataBytes: number
  readonly totalBytes: number | undefined
  /** What is being checked. */
  readonly path: string
}

/** What is wrong. */
export interface CheckProblem {
  /** Undefined where it is the archive's own. */
  readonly path: string | undefined
  readonly message: string
}

/** What a check found. */
export interface CheckReport {
  readonly isOk: boolean
  readonly entryCount: number
  /** Bytes of data that were read and checked. */
  readonly dataBytes: number
  readonly problems: readonly CheckProblem[]
  /** Problems beyond those listed. */
  readonly moreProblems: number
  /** What could not be checked, and why. */
  readonly notices: readonly string[]
}

/** Checking. */
export interface CheckCalls {
  /**
   * Checks a file, a folder with all that is in it, or, with an empty path, the whole archive with its tail.
   */
  verify(path: string, onProgress: (progress: CheckProgress) => void, signal: AbortSignal): Promise<CheckReport>
}
