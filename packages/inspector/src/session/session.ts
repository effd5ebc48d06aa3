/** What a page does with an archive: it keeps the state, and asks the engine. Views read the state and call this. */
import type { ArchiveSummary, FoundPath, Meter, OpenRequest } from '../contract/archive-calls.ts'
import type { EngineCalls } from '../contract/engine-calls.ts'
import { type Trouble, TroubleError } from '../contract/trouble.ts'
import { rememberAddress } from './recent-addresses.ts'
import { EMPTY_STATE, type EntryKey, type OfferedArchive, type SessionState, type Tab } from './session-state.ts'
import { startEngine, type StartedEngine } from './start-engine.ts'
import { untilStopped } from './until-stopped.ts'
import { folderChain, parentPath } from '../text/entry-path.ts'

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
    if (this.#engine !== undefined) return this.#engine.calls
    const started = startEngine(({ trouble }) => {
      if (this.#engine !== started) return
      this.#engine = undefined
      this.#leave()
      this.#change({ phase: 'failed', trouble, archive: undefined })
    })
    this.#engine = started
    return started.calls
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
    this.#leave()
    const opening = new AbortController()
    this.#opening = opening
    this.#change({ ...this.#blank, ...show, phase: 'opening', request })
    try {
      const onMeter = (meter: Meter): void => void (this.#opening === opening && this.#change({ meter }))
      const archive = await untilStopped(this.engine.archive.open(request, onMeter, opening.signal), opening.signal)
      if (this.#opening === opening) this.#opened(request, archive)
    } catch (error) {
      if (this.#opening !== opening) return
      // What was open before. First of all: whoever is told may open another.
      void this.#engine?.calls.archive.close().catch(() => undefined)
      this.#change({ phase: 'failed', trouble: asTrouble(error) })
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
    const opening = this.#opening
    if (request === undefined || archive === undefined || opening === undefined) return undefined
    const length = Math.max(index + 1, request.bases?.length ?? 0)
    const bases = Array.from({ length }, (_, i) => (i === index ? base : request.bases?.[i]))
    const changed = { ...request, bases }
    const either = AbortSignal.any([signal, opening.signal])
    // What was fetched is shown when it was of use.
    let isOpen = false
    let meter: Meter | undefined
    const onMeter = (fetched: Meter): void => {
      meter = fetched
      if (isOpen && this.#opening === opening) this.#change({ meter })
    }
    try {
      const opened = await untilStopped(this.engine.archive.open(changed, onMeter, either), either)
      isOpen = true
      this.#change({ archive: opened, request: changed, meter: meter ?? this.#state.meter })
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
    this.#leave()
    this.#change(this.#blank)
    await this.#engine?.calls.archive.close()
  }

  /** Says why nothing was opened, where the engine was not asked. */
  refuse(trouble: Trouble): void {
    this.#leave()
    this.#change({ ...this.#blank, phase: 'failed', trouble })
  }

  /** Says what can be opened by its name. */
  offer(offered: readonly OfferedArchive[]): void {
    this.#change({ offered })
  }

  /**
   * Goes to a folder, or to an entry in its folder; where there is neither, to the nearest folder that there is, which is
   * said.
   *
   * @param isLooked - whether a folder is looked at where it lies, as an entry
   */
  async goTo(path: string, isLooked = false): Promise<void> {
    if (path === '') return this.openFolder('')
    const finding = this.#beginFinding()
    const find = (wanted: string): Promise<FoundPath | undefined> => this.engine.archive.find(wanted, finding.signal)
    try {
      const found = await find(path)
      let folder = found?.isFolder ? found.path : ''
      // From the top, so that no long way that is not there is looked up.
      if (found === undefined)
        for (const parent of folderChain(parentPath(path))) {
          if (!(await find(parent))?.isFolder) break
          folder = parent
        }
      if (!this.#isAwaited(finding)) return
      if (found && (isLooked || !found.isFolder)) return this.reveal(found.path, found.line)
      this.openFolder(folder)
      if (found === undefined) this.#change({ missing: path })
    } catch {
      // Its list says what is wrong, and tries again.
      if (this.#isAwaited(finding)) this.openFolder(parentPath(path))
    }
  }

  /** Shows the entry of a path, of several the last, where it lies. */
  async revealPath(path: string): Promise<void> {
    const finding = this.#beginFinding()
    const found = await this.engine.archive.find(path, finding.signal).catch(() => undefined)
    if (this.#isAwaited(finding)) this.reveal(found?.path ?? path, found?.line ?? -1)
  }

  /** A path is looked up till the user goes elsewhere. */
  #beginFinding(): AbortController {
    this.#finding?.abort()
    this.#finding = new AbortController()
    return this.#finding
  }

  #isAwaited({ signal }: AbortController): boolean {
    return !signal.aborted && this.#state.phase === 'open'
  }

  /** Gives up what is under way with the archive. */
  #leave(): void {
    this.#opening?.abort()
    this.#opening = undefined
    this.#finding?.abort()
  }

  get #blank(): SessionState {
    return { ...EMPTY_STATE, offered: this.#state.offered }
  }

  #opened(request: OpenRequest, archive: ArchiveSummary): void {
    const [place, ...others] = request.places
    // The page's server has other addresses, with another secret in them, each time it runs.
    const isOffered = this.#state.offered.some((offered) => offered.request.places === request.places)
    if (this.remembers && place?.type === 'url' && others.length === 0 && !isOffered)
      rememberAddress(place.url, Date.now())
    this.#change({ phase: 'open', archive })
  }

  /** Shows another tab. */
  showTab(tab: Tab): void {
    this.#change({ tab })
  }

  /** Shows a folder; the search ends, and no entry is looked at. */
  openFolder(folder: string): void {
    this.#finding?.abort()
    this.#change({ tab: 'files', folder, missing: undefined, search: '', current: undefined })
  }

  /** Searches below the folder that is shown. */
  search(search: string): void {
    this.#change({ search })
  }

  /** Notes where data of an entry that is looked at lies: 0 in the archive, n in its nth base. */
  noteDepth(depth: number): void {
    if (depth > this.#state.neededBases) this.#change({ neededBases: depth })
  }

  /** Shows the details of an entry. */
  look(current: EntryKey | undefined): void {
    this.#change({ current, missing: undefined })
  }

  /** Shows an entry where it lies. */
  reveal(path: string, line: number): void {
    this.#finding?.abort()
    this.#change({ tab: 'files', folder: parentPath(path), missing: undefined, search: '', current: { path, line } })
  }

  /** Selects these paths and no others. */
  select(selected: ReadonlySet<string>): void {
    this.#change({ selected })
  }

  /** Ends the worker. */
  end(): void {
    this.#leave()
    this.#engine?.end()
    this.#engine = undefined
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
  if (error instanceof DOMException && error.name === 'AbortError')
    return { kind: 'aborted', title: 'Stopped', detail: '', advice: '' }
  return { kind: 'other', title: 'This did not work', detail: String(error), advice: '' }
}
