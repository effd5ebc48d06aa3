/** Check: not made yet. */
import type { CheckCalls } from '../contract/check-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'

/** Not made yet. */
export class CheckEngine implements CheckCalls {
  readonly holder: ArchiveHolder

  constructor(holder: ArchiveHolder) {
    this.holder = holder
  }

  verify(): Promise<never> {
    throw new TypeError('not made yet')
  }
}
