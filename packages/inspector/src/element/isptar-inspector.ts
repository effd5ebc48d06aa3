/** The web component: a header, and the tab that is shown. */
import { type CSSResult, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import { type Trouble, TroubleError } from '../contract/trouble.ts'
import { type OpenPlaces, placeOf, requestFor } from '../session/places.ts'
import { asTrouble, Session } from '../session/session.ts'
import type { SessionState, Tab } from '../session/session-state.ts'
import { printable } from '../text/printable.ts'
import { countText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { glyph } from '../theme/glyphs.ts'
import { tokens } from '../theme/tokens.ts'
import type { AboutDialog } from '../views/about-dialog.ts'
import type { BaseDialog } from '../views/base-dialog.ts'
import { canBeDropped, droppedPlaces } from './dropped-places.ts'
import type { InspectorElement, OpenArchiveOptions } from './inspector-element.ts'
import { inspectorEvent, type Whereabouts } from './inspector-events.ts'
import { inspectorHeader } from './inspector-header.ts'
import { inspectorStyles } from './inspector-styles.ts'
import { TABS } from './tabs.ts'

/** These have work under way that is not to be lost when another is looked at. */
const KEPT_TABS: ReadonlySet<Tab> = new Set(['files', 'check', 'compare'])

/** `<isptar-inspector src="…">`. See the package's README for what applications may rely on. */
export class IsptarInspector extends LitElement implements InspectorElement {
  static override properties: PropertyDeclarations = {
    src: { type: String },
    bases: { type: String },
    catalogue: { type: String },
    tab: { type: String, noAccessor: true },
    remember: { type: Boolean },
    isDropping: { state: true },
  }
  static override styles: CSSResult[] = [tokens, controls, inspectorStyles]
  /** Registers the elements of the other tabs, where they are not yet. @internal */
  static loadTabs: () => Promise<void> = async () => undefined
  /** Address of the archive, or of any slice of it. */
  declare src: string | null | undefined
  /** Addresses of its bases, nearest first, parted by blanks. */
  declare bases: string | null | undefined
  /** Address of its isolated catalogue. */
  declare catalogue: string | null | undefined
  /** Whether addresses that were opened are remembered in this browser. */
  declare remember: boolean
  /** @internal */
  declare isDropping: boolean
  /** @internal */
  readonly session: Session = new Session()
  #before: SessionState = this.session.state
  #visited = new Set<Tab>()
  #hadFocus = false

  constructor() {
    super()
    this.isDropping = false
    this.remember = false
    this.session.subscribe(() => this.#changed())
    this.addEventListener('dragover', (event) => this.#dragOver(event))
    this.addEventListener('dragleave', (event) => this.#dragLeave(event))
    this.addEventListener('isptar-add-base', (event) => this.#addBase(event))
    this.addEventListener('drop', (event) => this.#drop(event))
  }

  /** Which tab is shown: `files`, `picture`, `bytes`, `check` or `compare`. */
  get tab(): Tab {
    return this.session.state.tab
  }

  set tab(tab: Tab) {
    if (TABS.some(({ id }) => id === tab)) this.session.showTab(tab)
  }

  /** The folder that is shown; empty for the root. As stored: never trust it. */
  get folder(): string {
    return this.session.state.folder
  }

  /** The paths that are selected; a folder stands for all that is in it. As stored: never trust them. */
  get selectedPaths(): readonly string[] {
    return [...this.session.state.selected]
  }

  /** What is known of the open archive; undefined while there is none. */
  get archive(): ArchiveSummary | undefined {
    return this.session.state.archive
  }

  /**
   * Opens an archive in place of the one that was open.
   *
   * @param places - a File, a Blob or an address, which may be relative to the page; or all slices of one archive in any order
   * @throws TroubleError, which says in its `trouble` what is shown, too; also when something else is opened meanwhile
   */
  async open(places: OpenPlaces, options: OpenArchiveOptions = {}): Promise<ArchiveSummary> {
    try {
      const request = requestFor(places, this.baseURI)
      const bases = options.bases?.map((base) => requestFor(base, this.baseURI))
      const catalogue = options.catalogue === undefined ? undefined : placeOf(options.catalogue, this.baseURI)
      const tab = TABS.find(({ id }) => id === this.getAttribute('tab'))?.id
      await this.session.open({ ...request, bases, catalogue }, tab && { tab })
    } catch (error) {
      this.session.refuse(asTrouble(error))
    }
    const { archive, trouble } = this.session.state
    if (archive !== undefined) return archive
    throw new TroubleError(trouble ?? { kind: 'aborted', title: 'Stopped', detail: '', advice: '' })
  }

  /** Closes the archive, or gives up opening one. */
  async close(): Promise<void> {
    await this.session.close()
  }

  /** Shows a folder, or an entry in its folder; the root where there is neither. */
  async show(path: string): Promise<void> {
    if (this.session.state.phase === 'open') await this.session.goTo(path)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // It was taken out of the page, which closed the archive, and is back.
    const { request, phase } = this.#before
    if (phase !== 'empty' && this.session.state.phase === 'empty' && request) void this.session.open(request)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // What is moved within a page is back at once.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end()
    })
  }

  #end(): void {
    const before = this.#before
    this.session.end()
    this.#before = before
  }

  override willUpdate(): void {
    this.#hadFocus = this.shadowRoot?.activeElement != null
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    this.session.remembers = this.remember
    if (['src', 'bases', 'catalogue'].some((name) => changed.has(name))) this.#openAttributes(changed)
    // What had the focus may be gone with what was open.
    if (this.#hadFocus && this.shadowRoot?.activeElement == null) this.#focusFirst()
  }

  #openAttributes(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (this.src) {
      const bases = this.bases?.split(/\s+/).filter((base) => base !== '')
      // What went wrong is shown, and told by an event.
      this.open(this.src, { bases, catalogue: this.catalogue ?? undefined }).catch(() => undefined)
    } else if (changed.get('src')) void this.close()
  }

  #focusFirst(): void {
    const { phase } = this.session.state
    const target = phase === 'open' ? 'h1' : 'isptar-start-view'
    this.renderRoot.querySelector<HTMLElement>(target)?.focus()
  }

  /** Tells the application what is new. */
  #changed(): void {
    const [before, now] = [this.#before, this.session.state]
    this.#before = now
    this.requestUpdate()
    if (now.archive !== before.archive) {
      this.#visited = new Set()
      this.dispatchEvent(
        now.archive ? inspectorEvent('isptar-open', now.archive) : inspectorEvent('isptar-close', undefined),
      )
    }
    if (now.trouble !== undefined && now.trouble !== before.trouble)
      this.dispatchEvent(inspectorEvent('isptar-error', now.trouble))
    const hasMoved =
      now.folder !== before.folder || now.tab !== before.tab || now.current?.path !== before.current?.path
    if (now.archive === undefined || !hasMoved) return
    const detail: Whereabouts = { tab: now.tab, folder: now.folder, entry: now.current?.path }
    this.dispatchEvent(inspectorEvent('isptar-navigate', detail))
  }

  override render(): TemplateResult {
    const { phase, archive, tab } = this.session.state
    if (phase === 'open' && !this.#visited.has(tab)) this.#visit(tab)
    return html`${inspectorHeader(this.session, {
      onAbout: () => this.renderRoot.querySelector<AboutDialog>('isptar-about-dialog')?.open(),
    })}
      <p class="visually-hidden" role="status">${archive ? openedText(archive) : nothing}</p>
      <div class="body" part="body">
        ${
          archive
            ? keyed(archive, this.#panels())
            : html`<isptar-start-view .session=${this.session}></isptar-start-view>`
        }
      </div>
      <isptar-about-dialog .session=${this.session}></isptar-about-dialog>
      <isptar-base-dialog .session=${this.session}></isptar-base-dialog>
      ${this.isDropping ? html`<div class="dropping" aria-hidden="true">${glyph('archive', 56)} Drop to open</div>` : nothing}`
  }

  #visit(tab: Tab): void {
    this.#visited.add(tab)
    if (tab === 'files') return
    IsptarInspector.loadTabs().then(
      () => this.requestUpdate(),
      (error: unknown) => this.session.refuse(lostTrouble(error)),
    )
  }

  #addBase(event: Event): void {
    // It is none of the application's.
    event.stopPropagation()
    this.renderRoot.querySelector<BaseDialog>('isptar-base-dialog')?.open()
  }

  #panels(): TemplateResult {
    const { tab } = this.session.state
    return html`${TABS.map(({ id }) => {
      const isShown = id === tab
      return html`<div
        class="panel"
        role="tabpanel"
        id="panel-${id}"
        aria-labelledby="tab-${id}"
        ?hidden=${!isShown}
      >
        ${isShown || (KEPT_TABS.has(id) && this.#visited.has(id)) ? this.#view(id) : nothing}
      </div>`
    })}`
  }

  #view(tab: Tab): TemplateResult | typeof nothing {
    // Views rely on the session from their first moment on: they are made once their elements are there.
    if (tab !== 'files' && customElements.get('isptar-picture-view') === undefined) return nothing
    const views: Record<Tab, () => TemplateResult> = {
      files: () => html`<isptar-files-view .session=${this.session}></isptar-files-view>`,
      picture: () => html`<isptar-picture-view .session=${this.session}></isptar-picture-view>`,
      bytes: () => html`<isptar-bytes-view .session=${this.session}></isptar-bytes-view>`,
      check: () => html`<isptar-check-view .session=${this.session}></isptar-check-view>`,
      compare: () => html`<isptar-compare-view .session=${this.session}></isptar-compare-view>`,
    }
    return views[tab]()
  }

  #dragOver(event: DragEvent): void {
    // Views that take what is dropped say so before.
    this.isDropping = !event.defaultPrevented && canBeDropped(event)
    if (this.isDropping) event.preventDefault()
  }

  #dragLeave({ relatedTarget }: DragEvent): void {
    if (!(relatedTarget instanceof Node) || !this.contains(relatedTarget)) this.isDropping = false
  }

  #drop(event: DragEvent): void {
    this.isDropping = false
    if (event.defaultPrevented || !canBeDropped(event)) return
    event.preventDefault()
    try {
      this.open(droppedPlaces(event)).catch(() => undefined)
    } catch (error) {
      this.session.refuse(asTrouble(error))
    }
  }
}

function lostTrouble(error: unknown): Trouble {
  const advice = 'Reload the page. All files of the inspector must lie beside each other.'
  return { kind: 'network', title: 'A part of the inspector could not be loaded', detail: String(error), advice }
}

function openedText({ name, entryCount }: ArchiveSummary): string {
  return `Opened ${printable(name)}${entryCount === undefined ? '' : `, ${countText(entryCount, 'entry', 'entries')}`}`
}
