/** `@isptar/inspector`: importing it registers `<isptar-inspector>`. */
import { defineElements } from './element/define-elements.ts'
import type { InspectorElement } from './element/inspector-element.ts'
import { IsptarInspector as Inspector } from './element/isptar-inspector.ts'

export type { ArchiveSummary, BaseSummary } from './contract/archive-calls.ts'
export { type Trouble, TroubleError, type TroubleKind } from './contract/trouble.ts'
export type { OpenArchiveOptions } from './element/inspector-element.ts'
export type { InspectorEventMap, Whereabouts } from './element/inspector-events.ts'
export type { OpenPlace, OpenPlaces } from './session/places.ts'
export type { Tab } from './session/session-state.ts'

/** An inspector on the page. */
export type IsptarInspector = InspectorElement

/** The class of the element; typed without the library that it is made with. */
export const IsptarInspector: { new (): InspectorElement; readonly prototype: InspectorElement } = Inspector

Inspector.loadTabs = async () => (await import('./element/tab-elements.ts')).defineTabElements()
defineElements()
