/** Take: not made yet. */
import type { TakeCalls } from '../contract/take-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'

/** Not made yet. */
export class TakeEngine implements TakeCalls {
  readonly holder: ArchiveHolder

  constructor(holder: ArchiveHolder) {
    this.holder = holder
  }

  file(): Promise<never> {
    throw new TypeError('not made yet')
  }

  archive(): Promise<never> {
    throw new TypeError('not made yet')
  }

  checkWritten(): Promise<never> {
    throw new TypeError('not made yet')
  }
}
