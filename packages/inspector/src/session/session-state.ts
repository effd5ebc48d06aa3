/** What all parts of the inspector show. */
import type { ArchiveSummary, Meter, OpenRequest } from '../contract/archive-calls.ts'
import type { Trouble } from '../contract/trouble.ts'

/** What is looked at. */
export type Tab = 'files' | 'picture' | 'bytes' | 'check' | 'compare'

/** An entry by its path, and by its line where several have that path; -1 for a folder without a line. */
export interface EntryKey {
  readonly path: string
  readonly line: number
}

/** An archive that the page may be asked to open: one that its server has. */
export interface OfferedArchive {
  readonly name: string
  readonly request: OpenRequest
}

/** The state of a session. It is never changed, only replaced. */
export interface SessionState {
  readonly phase: 'empty' | 'opening' | 'open' | 'failed'
  /** What is open, or was to be opened. */
  readonly request: OpenRequest | undefined
  readonly archive: ArchiveSummary | undefined
  /** Why it is not open. */
  readonly trouble: Trouble | undefined
  readonly meter: Meter | undefined
  /** What can be opened by its name. */
  readonly offered: readonly OfferedArchive[]
  readonly tab: Tab
  /** The folder that is shown; empty for the root. */
  readonly folder: string
  /** A path that was asked for in vain: what is shown is the nearest folder. */
  readonly missing: string | undefined
  /** What is searched for in it; empty for nothing. */
  readonly search: string
  /** The entry whose details are shown. */
  readonly current: EntryKey | undefined
  /** How many bases hold data of the entries that were looked at. */
  readonly neededBases: number
  /** Paths that were selected. A folder stands for all that is in it. */
  readonly selected: ReadonlySet<string>
}

/** What a session begins with. */
export const EMPTY_STATE: SessionState = {
  phase: 'empty',
  request: undefined,
  archive: undefined,
  trouble: undefined,
  meter: undefined,
  offered: [],
  tab: 'files',
  folder: '',
  missing: undefined,
  search: '',
  current: undefined,
  neededBases: 0,
  selected: new Set(),
}
