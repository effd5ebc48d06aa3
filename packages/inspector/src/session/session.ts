/** What a page does with an archive: it keeps the state, and asks the engine. Views read the state and call this. */
import type { OpenRequest } from '../contract/archive-calls.ts'
import type { EngineCalls } from '../contract/engine-calls.ts'
import { type Trouble, TroubleError } from '../contract/trouble.ts'
import { EMPTY_STATE, type EntryKey, type SessionState, type Tab } from './session-state.ts'
import { startEngine, type StartedEngine } from './start-engine.ts'

/** One inspector's session. Create it once; {@link end} ends its worker. */
export class Session {
  #state: SessionState = EMPTY_STATE
  #engine: StartedEngine | undefined
  #opening: AbortController | undefined
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

  /** Opens an archive; trouble goes into the state. */
  async open(request: OpenRequest): Promise<void> {
    this.#opening?.abort()
    const opening = new AbortController()
    this.#opening = opening
    this.#change({ ...EMPTY_STATE, phase: 'opening', request })
    try {
      const archive = await this.engine.archive.open(
        request,
        (meter) => void (this.#opening === opening && this.#change({ meter })),
        opening.signal,
      )
      if (this.#opening === opening) this.#change({ phase: 'open', archive })
    } catch (error) {
      if (this.#opening === opening) this.#change({ phase: 'failed', trouble: asTrouble(error) })
    }
  }

  /** Closes the archive, or gives up opening it. */
  async close(): Promise<void> {
    this.#opening?.abort()
    this.#opening = undefined
    this.#change(EMPTY_STATE)
    await this.#engine?.calls.archive.close()
  }

  /** Shows another tab. */
  showTab(tab: Tab): void {
    this.#change({ tab })
  }

  /** Shows a folder; the search ends. */
  openFolder(folder: string): void {
    this.#change({ tab: 'files', folder, search: '' })
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
    const slash = path.lastIndexOf('/')
    this.#change({ tab: 'files', folder: slash < 0 ? '' : path.slice(0, slash), search: '', current: { path, line } })
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
    this.#change(EMPTY_STATE)
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
