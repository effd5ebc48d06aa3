/** The table of all entries of the open archive: one pass over the listing, whoever asks first. */
import type { Archive } from 'isptar'
import { EntryTable } from './entry-table.ts'

/** Entries between two reports. */
const REPORT_ENTRIES = 20_000

/** Told how many entries there are so far, and the table with them, which grows. */
export type CountListener = (entryCount: number, table: EntryTable) => void

interface Reading {
  readonly table: Promise<EntryTable>
  readonly listeners: Set<CountListener>
  readonly controller: AbortController
  callers: number
  /** The table, once it was read. */
  ready: EntryTable | undefined
}

const readings = new WeakMap<Archive, Reading>()

/**
 * Gives the table. Callers share one pass; it ends when all of them have given up.
 *
 * @param onCount - told how many entries there are so far
 * @throws FormatError, IntegrityError, StorageError; then the next call tries anew
 */
export async function wholeTable(archive: Archive, onCount: CountListener, signal?: AbortSignal): Promise<EntryTable> {
  signal?.throwIfAborted()
  const reading = readings.get(archive) ?? begin(archive)
  reading.listeners.add(onCount)
  reading.callers += 1
  const leave = (): void => {
    reading.callers -= 1
    // A table that was read is kept.
    if (reading.callers > 0 || reading.ready) return
    readings.delete(archive)
    reading.controller.abort()
  }
  let hasLeft = false
  let onAbort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      hasLeft = true
      leave()
      reject(signal?.reason)
    }
  })
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([reading.table, aborted])
  } finally {
    signal?.removeEventListener('abort', onAbort)
    reading.listeners.delete(onCount)
    if (!hasLeft) reading.callers -= 1
  }
}

/** Gives the table where it was read already. */
export function readyTable(archive: Archive): EntryTable | undefined {
  return readings.get(archive)?.ready
}

/** Whether the table is there, or being read. */
export function hasWholeTable(archive: Archive): boolean {
  return readings.has(archive)
}

function begin(archive: Archive): Reading {
  const listeners = new Set<CountListener>()
  const controller = new AbortController()
  const table = read(archive, listeners, controller.signal)
  const reading: Reading = { table, listeners, controller, callers: 0, ready: undefined }
  readings.set(archive, reading)
  table.then(
    (ready) => (reading.ready = ready),
    () => {
      // It may have been given up, and begun anew by another caller.
      if (readings.get(archive) === reading) readings.delete(archive)
    },
  )
  return reading
}

async function read(archive: Archive, listeners: ReadonlySet<CountListener>, signal: AbortSignal): Promise<EntryTable> {
  const table = new EntryTable()
  for await (const entry of archive.entries({ signal })) {
    table.add(entry)
    if (table.count % REPORT_ENTRIES === 0) {
      for (const listener of listeners) listener(table.count, table)
      // Messages of the page are taken in between.
      await new Promise((resolve) => setTimeout(resolve))
    }
  }
  return table
}
