/** What an inspector tells the application around it. */
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import type { Tab } from '../session/session-state.ts'

/** What is looked at. Paths are as stored: never trust them as markup or as names on a disk. */
export interface Whereabouts {
  readonly tab: Tab
  /** Empty for the root. */
  readonly folder: string
  /** The entry whose details are shown; undefined for none. */
  readonly entry: string | undefined
}

/** The events of an `<isptar-inspector>`, by name. They bubble, and cannot be cancelled. */
export interface InspectorEventMap {
  /** An archive is open, also one that was opened anew with a base. */
  'isptar-open': CustomEvent<ArchiveSummary>
  /** An archive could not be opened, or what reads it was lost. */
  'isptar-error': CustomEvent<Trouble>
  /** Another folder, entry or tab is looked at. */
  'isptar-navigate': CustomEvent<Whereabouts>
  /** No archive is open any more. */
  'isptar-close': CustomEvent<undefined>
}

declare global {
  interface HTMLElementEventMap extends InspectorEventMap {}
}

/** Makes an event that passes the borders of shadow trees. */
export function inspectorEvent<T>(name: keyof InspectorEventMap, detail: T): CustomEvent<T> {
  return new CustomEvent(name, { detail, bubbles: true, composed: true })
}
