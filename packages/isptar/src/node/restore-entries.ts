/** The second pass over the listing: each entry is restored, put on its way in a batch, or put off when it is a link. */
import type { PathSelection } from '../extract/path-selection.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import type { EventOrder } from './event-order.ts'
import type { ExtractSettings } from './extract-options.ts'
import type { ReportBuilder } from './extract-report.ts'
import { type Survey, surveyedEntries } from './extract-survey.ts'
import { RestoreBatches } from './restore-batches.ts'
import type { RestoreLedger } from './restore-ledger.ts'
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

class RestorePass {
  readonly #run: ExtractRun
  readonly #batches: RestoreBatches | undefined
  #entries = 0

  constructor(run: ExtractRun) {
    this.#run = run
    const { root, settings } = run
    if (root === undefined || settings.dryRun) return
    this.#batches = new RestoreBatches({
      ...run,
      root,
      data: run.archive.dataContext,
      onRestored: (entry, place, isWithoutRights) => {
        if (isWithoutRights) run.report.droppedRights()
        run.tree.restored(entry, place)
        run.pending.drop(place)
        this.#done(entry)
      },
      onLost: (place) => run.ledger.lost(place),
      restoreAlone: (entry, place) => this.#restore(entry, place),
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
    await this.#batches?.finish()
    const onFailure = (entry: Entry, error: unknown): void => this.#failed(entry, error)
    await new LinkRestorer({ ...this.#run, onFailure, onDone: (entry) => this.#done(entry) }).restoreAll()
  }

  async close(): Promise<void> {
    await this.#batches?.close()
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
    if (batches.meets(place)) await batches.finish()
    if (batches.isFull) await batches.makeRoom()
    if (this.#addTo(batches, entry, place)) return true
    if (entry.type !== 'directory' && batches.hasBelow(place)) await batches.finish()
    return false
  }

  #addTo(batches: RestoreBatches, entry: Entry, place: string): boolean {
    const found = batches.find(entry)
    try {
      return found !== undefined && this.#run.tree.enterFor(place) && batches.add(entry, place, found)
    } catch {
      // It is thrown again, and told, when the entry is restored alone.
      return false
    }
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
