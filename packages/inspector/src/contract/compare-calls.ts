/** Comparing the open archive with another. */
import type { OpenRequest } from './archive-calls.ts'
import type { RowType } from './browse-calls.ts'

/** One side of a difference. */
export interface ComparedSide {
  readonly type: RowType
  /** Permission bits. */
  readonly mode: number
  /** `ann:staff (1000:100)`, or the numbers alone. */
  readonly owner: string
  /** Of data, in bytes; 0 for all but files. */
  readonly sizeBytes: number
  /** Seconds since 1970. */
  readonly mtimeSeconds: number | undefined
  /** Of a symlink or hardlink. */
  readonly linkTarget: string | undefined
}

/** What there is of a path in one archive and not, or not so, in the other. */
export type DifferenceKind = 'added' | 'removed' | 'changed'

/** One difference. */
export interface DifferenceRow {
  readonly kind: DifferenceKind
  /** Normalised. Bytes that are not UTF-8 are lone surrogates. */
  readonly path: string
  /** What differs, as the library calls it; empty but for `changed`. */
  readonly changes: readonly string[]
  /** In the older archive. */
  readonly before: ComparedSide | undefined
  /** In the newer archive. */
  readonly after: ComparedSide | undefined
}

/** How to compare. */
export interface CompareSettings {
  /** Whether the other archive is the newer one. */
  readonly isNewer: boolean
  /** `metadata`: by what is recorded; `content`: by SHA-256 as well, for which data without a digest is read. */
  readonly by: 'metadata' | 'content'
}

/** How far a comparison is. */
export interface ComparisonState {
  readonly added: number
  readonly removed: number
  readonly changed: number
  /** Paths on which nothing differs. */
  readonly same: number
  readonly isComplete: boolean
  /** Entries of both archives that were compared. */
  readonly entryCount: number
  /** Entries of both archives; undefined where one does not say. */
  readonly totalEntries: number | undefined
  /** Of the other archive. */
  readonly otherName: string
  /** What was fetched of the other archive, which the meter leaves out. */
  readonly fetchedBytes: number
  readonly requests: number
}

/** Comparing. */
export interface CompareCalls {
  /**
   * Compares with another archive, which is closed in the end. A comparison under way ends as if it were aborted.
   *
   * @param onState - told how far it is, some times a second
   */
  compare(
    other: OpenRequest,
    settings: CompareSettings,
    onState: (state: ComparisonState) => void,
    signal: AbortSignal,
  ): Promise<ComparisonState>
  /**
   * Gives differences of the last comparison that are of these kinds, in the order of paths; also of one under way.
   *
   * @param start - the first, counted among those of these kinds
   * @param end - before which to end; there may be fewer
   */
  differences(kinds: readonly DifferenceKind[], start: number, end: number): Promise<readonly DifferenceRow[]>
}
