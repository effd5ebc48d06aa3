/** The second pass over the listing: each entry is restored, put on its way in a batch, or put off when it is a link. */
import type { PathSelection } from '../extract/path-selection.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import type { EventOrder } from './event-order.ts'
import type { ExtractSettings } from './extract-options.ts'
import type { ReportBuilder } from './extract-report.ts'
import { type Survey, surveyedEntries } from './extract-survey.ts'
import { PlacesUnderWay } from './places-under-way.ts'
import { RestoreBatches } from './restore-batches.ts'
import type { RestoreLedger } from './restore-ledger.ts'
import { LargeFiles } from './restore-large.ts'
import { LinkRestorer, type PendingLinks } from './restore-links.ts'
import type { RestorePool } from './restore-pool.ts'
import type { RestoreRoot } from './restore-root.ts'
import type { TreeRestorer } from './restore-tree.ts'

/** What an extraction works with. */
export interface ExtractRun {
  readonly archive: Archive
  readonly settings: ExtractSettings
  readonly survey: Survey
  readonly selection: PathSelection
  readonly report: ReportBuilder
  readonly order: EventOrder
  readonly pending: PendingLinks
  readonly ledger: RestoreLedger
  readonly tree: TreeRestorer
  readonly pool: RestorePool
  readonly root: RestoreRoot | undefined
  readonly sources: RestoreRoot | undefined
}

/**
 * Restores all entries that are wanted, and then the links among them.
 *
 * @throws what ends an extraction; nothing is under way then
 */
export async function restoreEntries(run: ExtractRun): Promise<void> {
  const pass = new RestorePass(run)
  try {
    await pass.restoreAll()
  } finally {
    await pass.close()
  }
}

/** Most entries that are held back, for the sake of the order, until files before them are restored. */
const MAX_TURNS = 10_000

class RestorePass {
  readonly #run: ExtractRun
  readonly #places = new PlacesUnderWay()
  readonly #batches: RestoreBatches | undefined
  /** Undefined where files are restored in this thread only. */
  readonly #large: LargeFiles | undefined
  #entries = 0

  constructor(run: ExtractRun) {
    this.#run = run
    const { root, settings, tree } = run
    if (root === undefined || settings.dryRun) return
    const context = { ...run, root, places: this.#places, data: run.archive.dataContext }
    this.#batches = new RestoreBatches({
      ...context,
      onRestored: (entry, place, isWithoutRights) => {
        if (isWithoutRights) run.report.droppedRights()
        this.#restored(entry, place, () => tree.restored(entry, place))
      },
      onLost: (place) => run.ledger.lost(place),
      restoreAlone: (entry, place) => this.#restore(entry, place),
    })
    if (run.pool.threads === 0) return
    this.#large = new LargeFiles({
      ...context,
      signal: settings.signal,
      restore: async (entry, place, folder, signal) => {
        const tell = await tree.restoreApart(entry, place, folder, signal)
        return () => this.#restored(entry, place, tell)
      },
      onFailure: (entry, error) => this.#tellFailed(entry, error),
    })
  }

  async restoreAll(): Promise<void> {
    const { archive, settings, selection, ledger } = this.#run
    for await (const entry of surveyedEntries(archive, settings)) {
      settings.signal?.throwIfAborted()
      ledger.see(entry)
      if (!selection.has(entry.path) || !settings.filter(entry)) continue
      const place = this.#place(entry)
      if (place !== undefined && !(await this.#batch(entry, place))) await this.#restore(entry, place)
    }
    await this.#finish()
    const onFailure = (entry: Entry, error: unknown): void => this.#failed(entry, error)
    await new LinkRestorer({ ...this.#run, onFailure, onDone: (entry) => this.#done(entry) }).restoreAll()
  }

  async close(): Promise<void> {
    await Promise.all([this.#batches?.close(), this.#large?.close()])
    this.#run.order.clear()
  }

  /** Decides where an entry goes; nowhere when it is refused, or all of its path is cut off. */
  #place(entry: Entry): string | undefined {
    const { tree, order } = this.#run
    try {
      const place = tree.place(entry)
      if (place === undefined) order.tell(() => this.#done(entry))
      return place
    } catch (error) {
      this.#tellFailed(entry, error)
      return undefined
    }
  }

  /** Puts a file on its way, or says that the entry must be restored now, and has made sure that it can be. */
  async #batch(entry: Entry, place: string): Promise<boolean> {
    const batches = this.#batches
    if (batches === undefined) return false
    if (this.#places.meets(place)) await this.#finish()
    while (batches.isFull || this.#run.order.length >= MAX_TURNS) await this.#makeRoom(batches)
    const found = batches.find(entry)
    if (found && this.#enter(place) && batches.add(entry, place, found)) return true
    if (this.#large?.takes(entry)) {
      await this.#large.makeRoom()
      if (this.#enter(place) && this.#large.add(entry, place)) return true
    }
    if (entry.type !== 'directory' && this.#places.hasBelow(place)) await this.#finish()
    return false
  }

  #enter(place: string): boolean {
    try {
      return this.#run.tree.enterFor(place)
    } catch {
      // It is thrown again, and told, when the entry is restored alone.
      return false
    }
  }

  async #makeRoom(batches: RestoreBatches): Promise<void> {
    if (!(await batches.waitForOne())) await this.#large?.waitForOne()
    await this.#run.order.advance()
  }

  /** Waits until all that is under way is restored, and tells of it. */
  async #finish(): Promise<void> {
    if (this.#batches === undefined) return
    while (await this.#batches.waitForOne()) await this.#run.order.advance()
    await this.#large?.finish()
    await this.#run.order.advance()
  }

  #restored(entry: Entry, place: string, tell: () => void): void {
    tell()
    this.#run.pending.drop(place)
    this.#done(entry)
  }

  /** Restores an entry now, or puts it off when it is a link. */
  async #restore(entry: Entry, place: string): Promise<void> {
    const { tree, pending, root, order } = this.#run
    try {
      if (entry.type === 'symlink' || entry.type === 'hardlink') {
        pending.add(place, entry)
        root?.forget(place)
        return
      }
      await tree.restore(entry, place)
      pending.drop(place)
    } catch (error) {
      return this.#tellFailed(entry, error)
    }
    order.tell(() => this.#done(entry))
  }

  #tellFailed(entry: Entry, error: unknown): void {
    this.#run.order.tell(() => {
      this.#failed(entry, error)
      this.#done(entry)
    })
  }

  #failed(entry: Entry, error: unknown): void {
    this.#run.report.failed(entry.path, error, this.#run.settings.signal)
  }

  #done(entry: Entry): void {
    this.#entries += 1
    const { totalEntryCount, totalDataBytes } = this.#run.survey
    this.#run.settings.onProgress({
      entryCount: this.#entries,
      dataBytes: this.#run.report.dataBytes,
      totalEntryCount,
      totalDataBytes,
      path: entry.path,
    })
  }
}
