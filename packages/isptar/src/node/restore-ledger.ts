/**
 * What an extraction keeps in mind of the entries it has restored: only those that a hardlink leads to and those whose
 * place comes more than once, as the survey found.
 */
import type { Entry } from '../read/entry.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import type { Survey } from './extract-survey.ts'

/** Knows which watched places hold what. */
export class RestoreLedger {
  readonly #survey: Survey
  readonly #made = new Map<string, Entry>()
  readonly #seen = new Map<string, Entry>()
  readonly #lost = new Set<string>()

  constructor(survey: Survey) {
    this.#survey = survey
  }

  /** Notes an entry that was read from the listing, wanted or not. */
  see(entry: Entry): void {
    if (this.#survey.linkTargets.size === 0) return
    const path = normalizeEntryPath(entry.path)
    if (this.#survey.linkTargets.has(path)) this.#seen.set(path, entry)
  }

  /** Gives the last entry seen of a normalised path that a hardlink leads to. */
  seen(path: string): Entry | undefined {
    return this.#seen.get(path)
  }

  /** Whether a place may be meant by more than one entry, or by a hardlink. */
  watches(place: string): boolean {
    return this.#survey.watchedPlaces.has(place)
  }

  /** Notes that an entry now stands at a place. */
  made(place: string, entry: Entry): void {
    if (this.#survey.watchedPlaces.has(place)) this.#made.set(place, entry)
  }

  /** Notes that this extraction may have put something at a place that was free, and does not know. */
  lost(place: string): void {
    this.#lost.add(place)
  }

  /** Whether what stands at a place is, or may be, this extraction's own. */
  owns(place: string): boolean {
    return this.#made.has(place) || this.#lost.has(place)
  }

  /** Gives the entry this extraction put at a watched place. */
  madeAt(place: string): Entry | undefined {
    return this.#made.get(place)
  }
}
