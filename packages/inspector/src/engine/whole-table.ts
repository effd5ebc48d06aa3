/** The table of all entries of the open archive: one pass over the listing, whoever asks first. */
import type { Archive } from 'isptar'
import { EntryTable } from './entry-table.ts'

/** Entries between two reports. */
const REPORT_ENTRIES = 20_000

interface Reading {
  readonly table: Promise<EntryTable>
  readonly listeners: Set<(entryCount: number) => void>
  readonly controller: AbortController
  callers: number
  isDone: boolean
}

const readings = new WeakMap<Archive, Reading>()

/**
 * Gives the table. Callers share one pass; it ends when all of them have given up.
 *
 * @param onCount - told how many entries there are so far
 * @throws FormatError, IntegrityError, StorageError; then the next call tries anew
 */
export async function wholeTable(
  archive: Archive,
  onCount: (entryCount: number) => void,
  signal?: AbortSignal,
): Promise<EntryTable> {
  signal?.throwIfAborted()
  const reading = readings.get(archive) ?? begin(archive)
  reading.listeners.add(onCount)
  reading.callers += 1
  const leave = (): void => {
    reading.callers -= 1
    // A table that was read is kept.
    if (reading.callers > 0 || reading.isDone) return
    readings.delete(archive)
    reading.controller.abort()
  }
  let hasLeft = false
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener(
      'abort',
      () => {
        hasLeft = true
        leave()
        reject(signal.reason)
      },
      { once: true },
    )
  })
  try {
    return await Promise.race([reading.table, aborted])
  } finally {
    reading.listeners.delete(onCount)
    if (!hasLeft) reading.callers -= 1
  }
}

/** Whether the table is there, or being read. */
export function hasWholeTable(archive: Archive): boolean {
  return readings.has(archive)
}

function begin(archive: Archive): Reading {
  const listeners = new Set<(entryCount: number) => void>()
  const controller = new AbortController()
  const table = read(archive, listeners, controller.signal)
  const reading: Reading = { table, listeners, controller, callers: 0, isDone: false }
  readings.set(archive, reading)
  table.then(
    () => (reading.isDone = true),
    () => readings.delete(archive),
  )
  return reading
}

async function read(
  archive: Archive,
  listeners: ReadonlySet<(entryCount: number) => void>,
  signal: AbortSignal,
): Promise<EntryTable> {
  const table = new EntryTable()
  for await (const entry of archive.entries({ signal })) {
    table.add(entry)
    if (table.count % REPORT_ENTRIES === 0) {
      for (const listener of listeners) listener(table.count)
      // Messages of the page are taken in between.
      await new Promise((resolve) => setTimeout(resolve))
    }
  }
  return table
}
