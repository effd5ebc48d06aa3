/** Comparing the open archive with another. */
import type { OpenRequest } from './archive-calls.ts'
import type { RowType } from './browse-calls.ts'

/** One side of a difference. */
export interface ComparedSide {
  readonly type: RowType
  readonly mode: number
  readonly sizeBytes: number
  readonly mtimeSeconds: number | undefined
}

/** One difference. */
export interface DifferenceRow {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly path: string
  /** What differs, as the library calls it. */
  readonly changes: readonly string[]
  readonly before: ComparedSide | undefined
  readonly after: ComparedSide | undefined
}

/** How many differences there are. */
export interface ComparisonState {
  readonly added: number
  readonly removed: number
  readonly changed: number
  readonly isComplete: boolean
  /** Of the other archive. */
  readonly otherName: string
}

/** Comparing. */
export interface CompareCalls {
  /**
   * Compares: the other archive is the older one unless `isNewer`.
   *
   * @param onState - told how far it is
   */
  compare(
    other: OpenRequest,
    options: { readonly isNewer: boolean; readonly by: 'metadata' | 'content' },
    onState: (state: ComparisonState) => void,
    signal: AbortSignal,
  ): Promise<ComparisonState>
  /** Gives differences of the last comparison that are of these kinds, in the order of paths. */
  differences(kinds: readonly DifferenceRow['kind'][], start: number, end: number): Promise<readonly DifferenceRow[]>
}
