/** What applications may rely on of an `<isptar-inspector>`; its types need nothing but the browser's. */
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import type { OpenPlace, OpenPlaces } from '../session/places.ts'
import type { Tab } from '../session/session-state.ts'

/** What belongs to an archive that {@link InspectorElement.open} opens. */
export interface OpenArchiveOptions {
  /** The bases of a differential one, nearest first; each in one place, or in its slices. */
  readonly bases?: readonly OpenPlaces[] | undefined
  /** Its isolated catalogue. */
  readonly catalogue?: OpenPlace | undefined
}

/** An inspector, as the package's README describes it. Its events are those of {@link InspectorEventMap}. */
export interface InspectorElement extends HTMLElement {
  /** Address of the archive, or of any slice of it. */
  src: string | null | undefined
  /** Addresses of its bases, nearest first, parted by blanks. */
  bases: string | null | undefined
  /** Address of its isolated catalogue. */
  catalogue: string | null | undefined
  /** Whether addresses that were opened are remembered in this browser. */
  remember: boolean
  /** Which tab is shown. */
  tab: Tab
  /** The folder that is shown; empty for the root. As stored: never trust it. */
  readonly folder: string
  /** The paths that are selected; a folder stands for all that is in it. As stored: never trust them. */
  readonly selectedPaths: readonly string[]
  /** What is known of the open archive; undefined while there is none. */
  readonly archive: ArchiveSummary | undefined
  /**
   * Opens an archive in place of the one that was open.
   *
   * @param places - a File, a Blob or an address, which may be relative to the page; or all slices of one archive in any order
   * @throws TroubleError, which says in its `trouble` what is shown, too; also when something else is opened meanwhile
   */
  open(places: OpenPlaces, options?: OpenArchiveOptions): Promise<ArchiveSummary>
  /** Closes the archive, or gives up opening it. */
  close(): Promise<void>
  /** Shows a folder, or an entry in its folder; the root where there is neither. */
  show(path: string): Promise<void>
}

declare global {
  interface HTMLElementTagNameMap {
    'isptar-inspector': InspectorElement
  }
}
