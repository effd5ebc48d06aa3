/** The comparison of the open archive with another. It stays while the archive is open, whichever tab is shown. */
import type { ArchiveSummary, OpenRequest } from '../contract/archive-calls.ts'
import type { CompareSettings, ComparisonState, DifferenceKind, DifferenceRow } from '../contract/compare-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { asTrouble, type Session } from './session.ts'
import { untilStopped } from './until-stopped.ts'

const comparisons = new WeakMap<ArchiveSummary, Comparison>()

/** Gives the comparison of the archive that is open; undefined where none is. */
export function comparisonOf(session: Session): Comparison | undefined {
  const { archive } = session.state
  if (archive === undefined) return undefined
  const comparison = comparisons.get(archive) ?? new Comparison(session, archive)
  comparisons.set(archive, comparison)
  return comparison
}

/** One archive's comparisons, of which the last is kept. */
export class Comparison {
  readonly #session: Session
  readonly #archive: ArchiveSummary
  readonly #listeners = new Set<() => void>()
  #settings: CompareSettings = { isNewer: false, by: 'metadata' }
  #other: OpenRequest | undefined
  #asked: CompareSettings | undefined
  #state: ComparisonState | undefined
  #trouble: Trouble | undefined
  #running: AbortController | undefined
  #run = 0

  constructor(session: Session, archive: ArchiveSummary) {
    this.#session = session
    this.#archive = archive
  }

  /** How the next one is made. */
  get settings(): CompareSettings {
    return this.#settings
  }

  set settings(settings: CompareSettings) {
    this.#settings = settings
    this.#tell()
  }

  /** The other archive; undefined before one was chosen. */
  get other(): OpenRequest | undefined {
    return this.#other
  }

  /** How the last one was made; undefined before the first. */
  get asked(): CompareSettings | undefined {
    return this.#asked
  }

  /** How many were begun. */
  get run(): number {
    return this.#run
  }

  /** How far the last one is; undefined before the other archive is open. */
  get state(): ComparisonState | undefined {
    return this.#state
  }

  /** Why the last one failed. */
  get trouble(): Trouble | undefined {
    return this.#trouble
  }

  /** Whether one is under way. */
  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Calls a function after each change; gives what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Compares with another archive, in place of what was compared before; trouble is kept, not thrown. */
  async start(other: OpenRequest): Promise<void> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.#run += 1
    this.#other = other
    this.#asked = this.#settings
    this.#state = undefined
    this.#trouble = undefined
    this.#tell()
    const isCurrent = (): boolean => this.#running === running
    const leave = this.#session.subscribe(() => {
      if (this.#session.state.archive !== this.#archive) running.abort()
    })
    try {
      const onState = (state: ComparisonState): void => {
        if (!isCurrent()) return
        this.#state = state
        this.#tell()
      }
      const { compare } = this.#session.engine
      const state = await untilStopped(compare.compare(other, this.#settings, onState, running.signal), running.signal)
      if (isCurrent()) this.#state = state
    } catch (error) {
      if (isCurrent() && !running.signal.aborted) this.#trouble = asTrouble(error)
    } finally {
      leave()
      if (isCurrent()) this.#running = undefined
      this.#tell()
    }
  }

  /** Ends the one under way; what was found until then stays. */
  stop(): void {
    this.#running?.abort()
  }

  /** Gives differences of these kinds; see the engine's call. */
  differences(kinds: readonly DifferenceKind[], start: number, end: number): Promise<readonly DifferenceRow[]> {
    return this.#session.engine.compare.differences(kinds, start, end)
  }

  /** Shows the entry of a path in the open archive, where it lies. */
  reveal(path: string): Promise<void> {
    return this.#session.revealPath(path)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
