/** Folders and searches as views; see the contract. */
import { type Archive, encodeText } from 'isptar'
import type { BrowseCalls, Row, SortOrder, ViewState, ViewSubject } from '../contract/browse-calls.ts'
import { TroubleError } from '../contract/trouble.ts'
import type { ArchiveHolder } from './archive-holder.ts'
import { readFolder } from './folder-table.ts'
import { normalBytes } from './path-bytes.ts'
import { namePrefixMatcher } from './row-matcher.ts'
import { RowView } from './row-view.ts'
import { searchRows } from './search-rows.ts'

interface OpenView {
  readonly archive: Archive
  readonly controller: AbortController
  /** Undefined as long as nothing was read. */
  rows: RowView | undefined
  sort: SortOrder
  isComplete: boolean
  /** Entries that were looked through; undefined for folders. */
  searchedCount: number | undefined
  readonly done: Promise<void>
}

type MutableView = Omit<OpenView, 'done'>

/** Makes views of the open archive. */
export class BrowseEngine implements BrowseCalls {
  readonly #holder: ArchiveHolder
  readonly #views = new Map<number, OpenView>()
  #lastNumber = 0

  constructor(holder: ArchiveHolder) {
    this.#holder = holder
  }

  async openView(subject: ViewSubject, sort: SortOrder, onState: (state: ViewState) => void): Promise<number> {
    const { archive } = this.#holder
    for (const [number, view] of this.#views) if (view.archive !== archive) await this.closeView(number)
    const view: MutableView = {
      archive,
      controller: new AbortController(),
      rows: undefined,
      sort,
      isComplete: false,
      searchedCount: subject.type === 'search' ? 0 : undefined,
    }
    const tell = (): void => {
      if (!view.controller.signal.aborted) onState(stateOf(view))
    }
    const filled = subject.type === 'folder' ? fillFolder(view, subject, tell) : fillSearch(view, subject, tell)
    const done = filled.then(() => {
      view.rows?.settle(true)
      view.isComplete = true
      tell()
    })
    // Whoever waits for it is told.
    done.catch(() => {})
    this.#lastNumber += 1
    this.#views.set(this.#lastNumber, Object.assign(view, { done }))
    return this.#lastNumber
  }

  async whenComplete(number: number): Promise<ViewState> {
    const view = this.#viewOf(number)
    await view.done
    return stateOf(view)
  }

  async sortView(number: number, sort: SortOrder): Promise<ViewState> {
    const view = this.#viewOf(number)
    view.sort = sort
    view.rows?.sort(sort)
    return stateOf(view)
  }

  async rows(number: number, start: number, end: number): Promise<readonly Row[]> {
    return this.#viewOf(number).rows?.rows(start, end) ?? []
  }

  async paths(number: number, start = 0, end: number = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
    return this.#viewOf(number).rows?.paths(start, end) ?? []
  }

  async indexOf(number: number, path: string): Promise<number> {
    const wanted = encodeText(path)
    const isIt = (bytes: Uint8Array): boolean =>
      bytes.length === wanted.length && bytes.every((byte, index) => byte === wanted[index])
    const { rows } = this.#viewOf(number)
    return rows?.find((table, row) => isIt(normalBytes(table.pathBytes(row))), 0) ?? -1
  }

  async indexOfPrefix(number: number, prefix: string, start: number): Promise<number> {
    return this.#viewOf(number).rows?.find(namePrefixMatcher(prefix), start) ?? -1
  }

  async closeView(number: number): Promise<void> {
    this.#views.get(number)?.controller.abort()
    this.#views.delete(number)
  }

  /** A view is gone when it was closed, or another archive is open: whoever asks then has no more use for the answer. */
  #viewOf(number: number): OpenView {
    const view = this.#views.get(number)
    if (view) return view
    throw new TroubleError({ kind: 'aborted', title: 'This view is closed', detail: '', advice: '' })
  }
}

function stateOf({ rows, isComplete, searchedCount }: MutableView): ViewState {
  return rows?.state(isComplete, searchedCount) ?? { count: 0, isComplete, order: 0, searchedCount }
}

async function fillFolder(
  view: MutableView,
  { folder, onlyFolders = false }: Extract<ViewSubject, { type: 'folder' }>,
  tell: () => void,
): Promise<void> {
  let seen = 0
  const take = (isComplete: boolean): void => {
    const { table } = reading
    view.rows ??= new RowView(table, view.sort)
    for (; seen < table.count; seen += 1) if (!onlyFolders || table.isFolder(seen)) view.rows.take(seen)
    view.rows.settle(isComplete)
    if (!isComplete) tell()
  }
  const reading = readFolder(view.archive, folder, () => take(false), view.controller.signal)
  if (!reading.isComplete && reading.table.count > 0) take(false)
  await reading.done
  view.controller.signal.throwIfAborted()
  take(true)
}

async function fillSearch(
  view: MutableView,
  { under, pattern }: Extract<ViewSubject, { type: 'search' }>,
  tell: () => void,
): Promise<void> {
  const { archive, controller } = view
  await searchRows(archive, { under, pattern }, controller.signal, (table, found, searchedCount) => {
    view.rows ??= new RowView(table, view.sort)
    for (const row of found) view.rows.take(row)
    view.searchedCount = searchedCount
    view.rows.settle(false)
    tell()
  })
}
