/** Entry: not made yet. */
import type { EntryCalls } from '../contract/entry-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'

/** Not made yet. */
export class EntryEngine implements EntryCalls {
  readonly holder: ArchiveHolder

  constructor(holder: ArchiveHolder) {
    this.holder = holder
  }

  details(): Promise<never> {
    throw new TypeError('not made yet')
  }

  preview(): Promise<never> {
    throw new TypeError('not made yet')
  }
}
