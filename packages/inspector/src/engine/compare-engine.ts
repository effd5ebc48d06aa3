/** Compare: not made yet. */
import type { CompareCalls } from '../contract/compare-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'

/** Not made yet. */
export class CompareEngine implements CompareCalls {
  readonly holder: ArchiveHolder

  constructor(holder: ArchiveHolder) {
    this.holder = holder
  }

  compare(): Promise<never> {
    throw new TypeError('not made yet')
  }

  differences(): Promise<never> {
    throw new TypeError('not made yet')
  }
}
