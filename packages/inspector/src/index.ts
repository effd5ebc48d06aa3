/** `@isptar/inspector`: importing it registers `<isptar-inspector>`. */
import { defineElements } from './element/define-elements.ts'
import { IsptarInspector } from './element/isptar-inspector.ts'

export type { ArchiveSummary, BaseSummary } from './contract/archive-calls.ts'
export { type Trouble, TroubleError, type TroubleKind } from './contract/trouble.ts'
export type { InspectorEventMap, Whereabouts } from './element/inspector-events.ts'
export type { OpenArchiveOptions } from './element/isptar-inspector.ts'
export type { OpenPlace, OpenPlaces } from './session/places.ts'
export type { Tab } from './session/session-state.ts'

export { IsptarInspector }

IsptarInspector.loadTabs = async () => (await import('./element/tab-elements.ts')).defineTabElements()
defineElements()
