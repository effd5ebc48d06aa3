/** Comparing the open archive with another. */
import { type Archive, compareArchives } from 'isptar'
import type { OpenRequest } from '../contract/archive-calls.ts'
import type {
  CompareCalls,
  CompareSettings,
  ComparisonState,
  DifferenceKind,
  DifferenceRow,
} from '../contract/compare-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'
import { summaryOf } from './archive-summary.ts'
import { DifferenceTable } from './difference-table.ts'
import { type OpenedRequest, openRequest } from './open-request.ts'
import { Traffic } from './traffic.ts'

/** How often the page is told, and other messages are taken in between, in milliseconds. */
const REPORT_MS = 100
/** Paths between two looks at the clock. */
const STRIDE = 256

/** Compares, and keeps the differences of the last comparison as long as its archive is open. */
export class CompareEngine implements CompareCalls {
  readonly #holder: ArchiveHolder
  readonly #tables = new WeakMap<Archive, DifferenceTable>()
  #running: AbortController | undefined

  constructor(holder: ArchiveHolder) {
    this.#holder = holder
  }

  async compare(
    other: OpenRequest,
    settings: CompareSettings,
    onState: (state: ComparisonState) => void,
    signal: AbortSignal,
  ): Promise<ComparisonState> {
    const { archive } = this.#holder
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    const either = AbortSignal.any([signal, running.signal])
    either.throwIfAborted()
    const table = new DifferenceTable()
    this.#tables.set(archive, table)
    const traffic = new Traffic()
    const opened = await openRequest(other, either, traffic)
    try {
      return await compareWith(archive, opened, { settings, table, traffic, onState, signal: either })
    } finally {
      await opened.archive.close()
    }
  }

  async differences(kinds: readonly DifferenceKind[], start: number, end: number): Promise<readonly DifferenceRow[]> {
    return this.#tables.get(this.#holder.archive)?.rows(kinds, start, end) ?? []
  }
}

interface Comparing {
  readonly settings: CompareSettings
  readonly traffic: Traffic
  readonly table: DifferenceTable
  readonly onState: (state: ComparisonState) => void
  readonly signal: AbortSignal
}

async function compareWith(
  open: Archive,
  opened: OpenedRequest,
  { settings, table, traffic, onState, signal }: Comparing,
): Promise<ComparisonState> {
  const { archive: other } = opened
  const { name } = summaryOf(opened)
  const counts = { added: 0, removed: 0, changed: 0, same: 0 }
  const stateOf = (isComplete: boolean): ComparisonState => ({
    ...counts,
    isComplete,
    entryCount: counts.added + counts.removed + 2 * (counts.changed + counts.same),
    totalEntries: sumOf(open.entryCount, other.entryCount),
    otherName: name,
    fetchedBytes: traffic.meter.bytes,
    requests: traffic.meter.requests,
  })
  onState(stateOf(false))
  const [before, after] = settings.isNewer ? [open, other] : [other, open]
  let toldAt = performance.now()
  let paths = 0
  // What is the same is given as well, so that progress is seen where nothing differs.
  for await (const difference of compareArchives(before, after, { by: settings.by, same: true, signal })) {
    counts[difference.kind] += 1
    table.add(difference)
    paths += 1
    if (settings.by === 'metadata' && paths % STRIDE !== 0) continue
    if (performance.now() - toldAt < REPORT_MS) continue
    onState(stateOf(false))
    await new Promise((resolve) => setTimeout(resolve))
    toldAt = performance.now()
  }
  return stateOf(true)
}

function sumOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b
}
