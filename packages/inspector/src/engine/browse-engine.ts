/** Browse: not made yet. */
import type { BrowseCalls } from '../contract/browse-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'

/** Not made yet. */
export class BrowseEngine implements BrowseCalls {
  readonly holder: ArchiveHolder

  constructor(holder: ArchiveHolder) {
    this.holder = holder
  }

  openView(): Promise<never> {
    throw new TypeError('not made yet')
  }

  whenComplete(): Promise<never> {
    throw new TypeError('not made yet')
  }

  sortView(): Promise<never> {
    throw new TypeError('not made yet')
  }

  rows(): Promise<never> {
    throw new TypeError('not made yet')
  }

  paths(): Promise<never> {
    throw new TypeError('not made yet')
  }

  indexOf(): Promise<never> {
    throw new TypeError('not made yet')
  }

  indexOfPrefix(): Promise<never> {
    throw new TypeError('not made yet')
  }

  closeView(): Promise<never> {
    throw new TypeError('not made yet')
  }
}
