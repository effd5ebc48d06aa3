/** The rows of the folder or search that is shown. */
import { type CSSResult, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Row, SortKey, SortOrder, ViewSubject } from '../contract/browse-calls.ts'
import { SessionElement } from '../session/session-element.ts'
import type { SessionState } from '../session/session-state.ts'
import { folderChain, isBelowAny, parentPath } from '../text/entry-path.ts'
import { controls } from '../theme/controls.ts'
import { ListBar } from './list-bar.ts'
import { type ListCommand, listCommandOf } from './list-keys.ts'
import { type RowActions, renderRow, type ShownRow } from './list-row.ts'
import { ListSelection } from './list-selection.ts'
import { listStyles } from './list-styles.ts'
import { nothingText, summaryText } from './list-words.ts'
import { ICONS } from './row-icons.ts'
import { RowSource } from './row-source.ts'
import { TypedText } from './typed-text.ts'
import { rowPixelsOf, VirtualRows } from './virtual-rows.ts'

const COLUMNS: readonly { readonly key: SortKey; readonly label: string; readonly classes: string }[] = [
  { key: 'name', label: 'Name', classes: '' },
  { key: 'size', label: 'Size', classes: 'number size' },
  { key: 'packed', label: 'Packed', classes: 'number packed' },
  { key: 'time', label: 'Modified', classes: 'time' },
]

/** Paths that are taken over at once, so that the page goes on in between. */
const SELECTED_AT_ONCE = 50_000

/** A narrower list opens folders at a touch, as there is no room for anything beside it. */
const NARROW_PIXELS = 480

/** The list, with what stands above it. */
export class FileList extends SessionElement {
  static override styles: CSSResult[] = [controls, listStyles]
  readonly #source = new RowSource(() => this.#changed())
  readonly #rows = new VirtualRows(this, { scroller: () => this.#scroller, rowPixels: () => this.#rowPixels })
  readonly #selection = new ListSelection((start, end) => this.#source.paths(start, end))
  readonly #typed = new TypedText()
  #sort: SortOrder = { key: 'name', descending: false }
  #rowPixels = 30
  /** What the source shows. */
  #shown: Pick<SessionState, 'archive' | 'folder' | 'search' | 'current'> | undefined
  /** The row that keys go to, and its path once that is known. */
  #active = 0
  #activePath: string | undefined
  /** A path that is to become active once it is found. */
  #wanted: string | undefined
  /** Of the row of the last click that was not the second of two. */
  #clickedPath = ''
  #order = -1
  #wantsFocus = false
  /** Whether the grid has the focus till there is a row to have it. */
  #isWaiting = false
  #hadFocus = false

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#source.close()
    this.#shown = undefined
  }

  /** Puts the focus on the row that keys go to. */
  override focus(): void {
    this.#wantsFocus = true
    this.requestUpdate()
  }

  /** Puts the focus into the search field. */
  focusSearch(): void {
    this.#bar?.focusSearch()
  }

  get #scroller(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.scroller')
  }

  get #bar(): ListBar | undefined {
    const bar = this.renderRoot.querySelector('isptar-list-bar')
    return bar instanceof ListBar ? bar : undefined
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    this.#rowPixels = rowPixelsOf(this)
    this.#hadFocus = this.#isFocusInRows
    // Who has gone elsewhere meanwhile stays there.
    if (this.#isWaiting && !this.#hadFocus) this.#wantsFocus = false
    this.#isWaiting = false
    const { archive, folder, search, current } = this.session.state
    const before = this.#shown
    this.#shown = { archive, folder, search, current }
    const isOther = before?.archive !== archive || before?.folder !== folder || before.search !== search
    if (isOther && archive) this.#open(before)
    if (current?.path !== before?.current?.path) this.#follow(current?.path, before?.current?.path)
  }

  /** Shows another folder or search. */
  #open(before: Pick<SessionState, 'folder' | 'search' | 'archive'> | undefined): void {
    const { archive, folder, search } = this.session.state
    this.#wantsFocus ||= this.#isFocusInRows
    this.#active = 0
    this.#activePath = undefined
    this.#order = -1
    // Who goes up is at what they come from.
    const isUp = before?.archive === archive && before?.folder !== folder && search === ''
    const from = isUp ? folderChain(before?.folder ?? '').find((path) => parentPath(path) === folder) : undefined
    this.#wanted = from
    this.#rows.goToTop()
    this.#selection.anchor(0, this.session.state.selected)
    this.#openSource()
  }

  #openSource(): void {
    const { folder, search } = this.session.state
    const subject: ViewSubject =
      search === '' ? { type: 'folder', folder } : { type: 'search', under: folder, pattern: search }
    this.#source.open(this.session.engine.browse, subject, this.#sort)
  }

  readonly #retry = (): void => {
    this.#wantsFocus = true
    this.#openSource()
    this.requestUpdate()
  }

  /** Goes where the entry is that is looked at, when that was not by a click on it; and back to it. */
  #follow(path: string | undefined, before: string | undefined): void {
    if (path !== undefined && path !== this.#activePath) this.#wanted = path
    if (path === undefined && before !== undefined && this.#isFocusLost) this.#wantsFocus = true
  }

  get #focused(): Element | null {
    return this.shadowRoot?.activeElement ?? null
  }

  get #isFocusInRows(): boolean {
    const focused = this.#focused
    return focused !== null && focused.closest('[role="grid"]') !== null && focused.closest('.head') === null
  }

  /** Whether the focus is nowhere, or in the panel that goes. */
  get #isFocusLost(): boolean {
    const root = this.getRootNode()
    const beside = root instanceof ShadowRoot ? root.activeElement : null
    return document.activeElement === document.body || (beside !== null && beside.closest('.panel') !== null)
  }

  #changed(): void {
    const { state, trouble } = this.#source
    this.requestUpdate()
    if (trouble) this.#wanted = undefined
    if (state === undefined) return
    const hasMoved = state.order !== this.#order
    this.#order = state.order
    if (this.#wanted !== undefined) void this.#find(this.#wanted, state.isComplete)
    else if (hasMoved && this.#active > 0 && this.#activePath !== undefined) void this.#findActive(this.#activePath)
  }

  async #find(path: string, isComplete: boolean): Promise<void> {
    const index = await this.#source.indexOf(path)
    if (this.#wanted !== path) return
    if (index >= 0) this.#goTo(index, path)
    else if (isComplete) this.#wanted = undefined
    this.requestUpdate()
  }

  /** Stays at the entry, not at the place. */
  async #findActive(path: string): Promise<void> {
    const index = await this.#source.indexOf(path)
    if (index >= 0 && this.#activePath === path) this.#goTo(index, path)
  }

  #goTo(index: number, path?: string): void {
    if (path !== undefined && path === this.#wanted) this.#wanted = undefined
    this.#active = Math.min(Math.max(index, 0), Math.max(this.#source.count - 1, 0))
    this.#activePath = path
    this.requestUpdate()
    void this.updateComplete.then(() => this.#rows.reveal(this.#active))
  }

  override updated(): void {
    const grid = this.renderRoot.querySelector<HTMLElement>('[role="grid"]')
    if (this.#hadFocus && !grid?.contains(this.#focused)) this.#wantsFocus = true
    if (!this.#wantsFocus || grid === null) return
    const { count, state } = this.#source
    const isReady = count > 0 && this.#wanted === undefined
    const row = isReady ? this.renderRoot.querySelector<HTMLElement>(`[data-index="${this.#active}"]`) : null
    this.#wantsFocus = row === null && !(state?.isComplete && count === 0)
    this.#isWaiting = this.#wantsFocus
    // Keys are not lost while rows are on their way.
    const target = row ?? grid
    target.focus({ preventScroll: true })
  }

  override render(): TemplateResult {
    const { count, trouble, state } = this.#source
    const rows = this.#rows.rows(count, this.#active)
    const isBusy = !state?.isComplete && !trouble
    return html`<isptar-list-bar
        .session=${this.session}
        .summary=${summaryText(this.session.state, state, trouble !== undefined)}
        .isBusy=${isBusy}
        @isptar-to-list=${(): void => this.focus()}
      ></isptar-list-bar>
      ${trouble ? html`<isptar-trouble-notice .trouble=${trouble} .retry=${this.#retry}></isptar-trouble-notice>` : nothing}
      <div
        role="grid"
        aria-label="Files"
        aria-multiselectable="true"
        aria-rowcount=${state?.isComplete ? count + 1 : -1}
        aria-colcount=${COLUMNS.length + 1}
        aria-busy=${String(isBusy)}
        tabindex=${count === 0 ? 0 : -1}
        @keydown=${this.#key}
      >
        ${this.#head()}
        <div role="rowgroup" class="scroller" tabindex="-1">
          <div role="presentation" class="space" .style=${this.#rows.spaceStyle}>
            ${repeat(
              rows,
              ({ index }) => index,
              ({ index, style }) => renderRow(this.#shownRow(index, style), this.#actions),
            )}
          </div>
          ${state?.isComplete && count === 0 ? html`<p class="message muted">${nothingText(this.session.state)}</p>` : nothing}
        </div>
      </div>`
  }

  #head(): TemplateResult {
    const { key, descending } = this.#sort
    const { count } = this.#source
    const selected = this.session.state.selected.size
    const isAll = count > 0 && selected >= count
    const isSome = selected > 0 && !isAll
    return html`<div role="rowgroup" class="head">
      <div role="row" aria-rowindex="1">
        <div role="columnheader" class="select">
          <label><input type="checkbox" aria-label="Select all" .checked=${isAll} .indeterminate=${isSome} @change=${this.#toggleAll} /></label>
        </div>
        ${COLUMNS.map((column) => {
          const isSorted = column.key === key
          const sorted = isSorted ? (descending ? 'descending' : 'ascending') : 'none'
          return html`<div role="columnheader" class=${column.classes} aria-sort=${sorted}>
            <button @click=${(): void => this.#sortBy(column.key)}>
              ${column.label}${isSorted ? ICONS[descending ? 'descending' : 'ascending'] : nothing}
            </button>
          </div>`
        })}
      </div>
    </div>`
  }

  /** Names first go up, all else down: what is largest or newest is what is looked for. */
  #sortBy(key: SortKey): void {
    this.#sort = { key, descending: key === this.#sort.key ? !this.#sort.descending : key !== 'name' }
    this.#selection.anchor(this.#active, this.session.state.selected)
    if (this.#active === 0) this.#rows.goToTop()
    void this.#source.sort(this.#sort)
    this.requestUpdate()
  }

  #shownRow(index: number, style: string): ShownRow {
    const { selected, current, search, folder } = this.session.state
    const row = this.#source.row(index)
    const isActive = index === this.#active
    if (isActive && row) this.#activePath = row.path
    return {
      index,
      row,
      style,
      isActive,
      isSelected: row !== undefined && selected.has(row.path),
      isCovered: row !== undefined && isBelowAny(row.path, selected),
      isCurrent: row !== undefined && current?.path === row.path && current.line === row.line,
      under: search === '' ? undefined : folder,
    }
  }

  /** Whether a click is meant for the row: the second of two for the one that was there at the first. */
  #isMeant({ path }: Row, { detail }: MouseEvent): boolean {
    if (detail <= 1) this.#clickedPath = path
    return path === this.#clickedPath
  }

  readonly #actions: RowActions = {
    click: ({ index, row }, event) => {
      if (!row || !this.#isMeant(row, event)) return
      const { selected } = this.session.state
      this.#wantsFocus = true
      if (event.shiftKey) void this.#extendTo(index)
      else if (event.ctrlKey || event.metaKey) this.session.select(this.#selection.toggle(index, row.path, selected))
      else {
        this.#selection.anchor(index, selected)
        if (row.isFolder && this.clientWidth < NARROW_PIXELS) return this.session.openFolder(row.path)
        // Before the state says so, so that nothing is scrolled to it.
        this.#activePath = row.path
        this.session.look({ path: row.path, line: row.line })
      }
      this.#active = index
      this.requestUpdate()
    },
    open: ({ row }, event) => {
      if (!row?.isFolder || !this.#isMeant(row, event)) return
      this.#wantsFocus = true
      this.session.openFolder(row.path)
    },
    toggle: ({ index, row }) => {
      if (!row) return
      this.session.select(this.#selection.toggle(index, row.path, this.session.state.selected))
      this.#wantsFocus = true
      this.#goTo(index, row.path)
    },
  }

  readonly #toggleAll = (event: Event): void => {
    if (event.target instanceof HTMLInputElement && event.target.checked) void this.#selectAll()
    else this.session.select(new Set())
  }

  async #selectAll(): Promise<void> {
    const all = new Set(this.session.state.selected)
    for (let start = 0; start < this.#source.count; start += SELECTED_AT_ONCE) {
      const paths = await this.#source.paths(start, start + SELECTED_AT_ONCE)
      if (!paths) return
      for (const path of paths) all.add(path)
    }
    this.session.select(all)
    this.#selection.anchor(this.#active, all)
  }

  async #extendTo(index: number): Promise<void> {
    const selected = await this.#selection.extend(index)
    if (selected) this.session.select(selected)
  }

  readonly #key = (event: KeyboardEvent): void => {
    // The header's buttons have keys of their own.
    if (event.target instanceof Element && event.target.closest('.head')) return
    const command = listCommandOf(event)
    if (command === undefined) return this.#typeAhead(event)
    event.preventDefault()
    event.stopPropagation()
    void this.#run(command)
  }

  #typeAhead(event: KeyboardEvent): void {
    const text = this.#typed.take(event)
    if (text === undefined) return
    event.preventDefault()
    void this.#source.indexOfPrefix(text, text.length === 1 ? this.#active + 1 : this.#active).then((index) => {
      if (index >= 0) this.#moveTo(index)
    })
  }

  #moveTo(index: number): void {
    this.#wantsFocus = true
    this.#wanted = undefined
    this.#goTo(index)
    this.#selection.anchor(this.#active, this.session.state.selected)
  }

  async #run(command: ListCommand): Promise<void> {
    const { selected, folder, search } = this.session.state
    if (command.type === 'move') {
      const target = command.to(this.#active, this.#rows.pageRows, this.#source.count)
      if (!command.isExtending) return this.#moveTo(target)
      this.#wantsFocus = true
      this.#goTo(target)
      return this.#extendTo(this.#active)
    }
    if (command.type === 'up') {
      if (search !== '') return this.session.search('')
      if (folder !== '') this.session.openFolder(parentPath(folder))
      return
    }
    if (command.type === 'select-all') return this.#selectAll()
    if (command.type === 'clear') return this.session.select(new Set())
    const row = await this.#source.load(this.#active)
    if (!row) return
    if (command.type === 'toggle') return this.session.select(this.#selection.toggle(this.#active, row.path, selected))
    this.#enter(row)
  }

  #enter(row: Row): void {
    this.#wantsFocus = true
    this.#activePath = row.path
    if (row.isFolder) this.session.openFolder(row.path)
    else this.session.look({ path: row.path, line: row.line })
  }
}
