/** What the page asks of the engine, which has the archive and runs in a worker. All values can be cloned. */
import type { ArchiveCalls } from './archive-calls.ts'
import type { BrowseCalls } from './browse-calls.ts'
import type { CheckCalls } from './check-calls.ts'
import type { CompareCalls } from './compare-calls.ts'
import type { EntryCalls } from './entry-calls.ts'
import type { PictureCalls } from './picture-calls.ts'
import type { TakeCalls } from './take-calls.ts'

/** The engine, by what it is asked for. */
export interface EngineCalls {
  readonly archive: ArchiveCalls
  readonly browse: BrowseCalls
  readonly entry: EntryCalls
  readonly take: TakeCalls
  readonly check: CheckCalls
  readonly picture: PictureCalls
  readonly compare: CompareCalls
}
