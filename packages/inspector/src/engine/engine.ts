/** The engine: everything that reads archives. It runs in a worker; nothing in it knows of the page. */
import type { EngineCalls } from '../contract/engine-calls.ts'
import { ArchiveEngine } from './archive-engine.ts'
import { ArchiveHolder } from './archive-holder.ts'
import { BrowseEngine } from './browse-engine.ts'
import { CheckEngine } from './check-engine.ts'
import { CompareEngine } from './compare-engine.ts'
import { EntryEngine } from './entry-engine.ts'
import { PictureEngine } from './picture-engine.ts'
import { TakeEngine } from './take-engine.ts'

/** Makes an engine without an archive. */
export function createEngine(): EngineCalls {
  const holder = new ArchiveHolder()
  return {
    archive: new ArchiveEngine(holder),
    browse: new BrowseEngine(holder),
    entry: new EntryEngine(holder),
    take: new TakeEngine(holder),
    check: new CheckEngine(holder),
    picture: new PictureEngine(holder),
    compare: new CompareEngine(holder),
  }
}
