/** What a page does with an archive: it keeps the state, and asks the engine. Views read the state and call this. */
import type { ArchiveSummary, Meter, OpenRequest } from '../contract/archive-calls.ts'
import type { EngineCalls } from '../contract/engine-calls.ts'
import { type Trouble, TroubleError } from '../contract/trouble.ts'
import { rememberAddress } from './recent-addresses.ts'
import { EMPTY_STATE, type EntryKey, type OfferedArchive, type SessionState, type Tab } from './session-state.ts'
import { startEngine, type StartedEngine } from './start-engine.ts'
import { parentPath } from '../text/entry-path.ts'

/** One inspector's session. Create it once; {@link end} ends its worker. */
export class Session {
  #state: SessionState = EMPTY_STATE
  #engine: StartedEngine | undefined
  #opening: AbortController | undefined
  #finding: AbortController | undefined
  /** Whether addresses that were opened are remembered in this browser. */
  remembers = false
  readonly #listeners = new Set<() => void>()

  /** What is to be shown. */
  get state(): SessionState {
    return this.#state
  }

  /** The engine; started when it is first needed. */
  get engine(): EngineCalls {
    this.#engine ??= startEngine(({ trouble }) => {
      this.#engine = undefined
      this.#change({ phase: 'failed', trouble, archive: undefined })
    })
    return this.#engine.calls
  }

  /** Calls a function after each change; gives what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /**
   * Opens an archive; trouble goes into the state.
   *
   * @param show - what to show of it first. @defaultValue the files of its root
   */
  async open(request: OpenRequest, show: Partial<Pick<SessionState, 'tab' | 'folder'>> = {}): Promise<void> {
    this.#opening?.abort()
    const opening = new AbortController()
    this.#opening = opening
    this.#change({ ...this.#blank, ...show, phase: 'opening', request })
    try {
      const archive = await this.engine.archive.open(
        request,
        (meter) => void (this.#opening === opening && this.#change({ meter })),
        opening.signal,
      )
      if (this.#opening === opening) this.#opened(request, archive)
    } catch (error) {
      if (this.#opening !== opening) return
      this.#change({ phase: 'failed', trouble: asTrouble(error) })
      await this.#engine?.calls.archive.close()
    }
  }

  /**
   * Opens the archive anew with a base that it lacked. Where that fails, it stays open as it is.
   *
   * @param index - of the base, 0 for the nearest
   * @returns what went wrong; undefined when the base is there
   */
  async addBase(index: number, base: OpenRequest, signal: AbortSignal): Promise<Trouble | undefined> {
    const { request, archive } = this.#state
    if (request === undefined || archive === undefined) return undefined
    const length = Math.max(index + 1, request.bases?.length ?? 0)
    const bases = Array.from({ length }, (_, i) => (i === index ? base : request.bases?.[i]))
    const changed = { ...request, bases }
    const opening = this.#opening
    try {
      const onMeter = (meter: Meter): void => void (this.#opening === opening && this.#change({ meter }))
      const opened = await this.engine.archive.open(changed, onMeter, signal)
      if (this.#opening === opening) this.#change({ archive: opened, request: changed })
      return undefined
    } catch (error) {
      return asTrouble(error)
    }
  }

  /** Opens what is open anew, in another way: with a base that was not given, or one part of it. */
  async reopen(change: Partial<OpenRequest> = {}): Promise<void> {
    const { request, tab, folder, archive } = this.#state
    if (request === undefined) return
    // Of another part the folder may not be there.
    const isSamePart = !('part' in change) || change.part === archive?.partName
    await this.open({ ...request, ...change }, isSamePart ? { tab, folder } : { tab })
  }

  /** Closes the archive, or gives up opening it. */
  async close(): Promise<void> {
    this.#opening?.abort()
    this.#opening = undefined
    this.#change(this.#blank)
    await this.#engine?.calls.archive.close()
  }

  /** Says why nothing was opened, where the engine was not asked. */
  refuse(trouble: Trouble): void {
    this.#opening?.abort()
    this.#opening = undefined
    this.#change({ ...this.#blank, phase: 'failed', trouble })
  }

  /** Says what can be opened by its name. */
  offer(offered: readonly OfferedArchive[]): void {
    this.#change({ offered })
  }

  /** Goes to a folder, or to an entry in its folder; to the root where there is neither. */
  async goTo(path: string): Promise<void> {
    this.#finding?.abort()
    const finding = new AbortController()
    this.#finding = finding
    if (path === '') return this.openFolder('')
    const found = await this.engine.archive.find(path, finding.signal).catch(() => undefined)
    if (finding.signal.aborted || this.#state.phase !== 'open') return
    if (found === undefined) this.openFolder('')
    else if (found.isFolder) this.openFolder(found.path)
    else this.reveal(found.path, found.line)
  }

  get #blank(): SessionState {
    return { ...EMPTY_STATE, offered: this.#state.offered }
  }

  #opened(request: OpenRequest, archive: ArchiveSummary): void {
    const [place] = request.places
    if (this.remembers && place?.type === 'url' && request.places.length === 1) rememberAddress(place.url, Date.now())
    this.#change({ phase: 'open', archive })
  }

  /** Shows another tab. */
  showTab(tab: Tab): void {
    this.#change({ tab })
  }

  /** Shows a folder; the search ends, and of another folder no entry is shown yet. */
  openFolder(folder: string): void {
    this.#finding?.abort()
    const current = folder === this.#state.folder ? this.#state.current : undefined
    this.#change({ tab: 'files', folder, search: '', current })
  }

  /** Searches below the folder that is shown. */
  search(search: string): void {
    this.#change({ search })
  }

  /** Shows the details of an entry. */
  look(current: EntryKey | undefined): void {
    this.#change({ current })
  }

  /** Shows an entry where it lies. */
  reveal(path: string, line: number): void {
    this.#change({ tab: 'files', folder: parentPath(path), search: '', current: { path, line } })
  }

  /** Selects these paths and no others. */
  select(selected: ReadonlySet<string>): void {
    this.#change({ selected })
  }

  /** Ends the worker. */
  end(): void {
    this.#opening?.abort()
    this.#engine?.end()
    this.#engine = undefined
    this.#opening = undefined
    this.#change(this.#blank)
  }

  #change(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}

/** Gives the words for what the engine threw. */
export function asTrouble(error: unknown): Trouble {
  if (error instanceof TroubleError) return error.trouble
  return { kind: 'other', title: 'This did not work', detail: String(error), advice: '' }
}
