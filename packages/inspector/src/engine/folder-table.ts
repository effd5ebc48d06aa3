/** What lies in a folder, as a table that fills: from the listing's blocks, or from the whole listing once that was read. */
import { type Archive, decodeText } from 'isptar'
import { EntryTable } from './entry-table.ts'
import { hasIndex } from './has-index.ts'
import { childBytes, folderPrefix } from './path-bytes.ts'
import { readyTable, wholeTable } from './whole-table.ts'
import { WorkSlice } from './work-slice.ts'

/** Rows of folders that are kept of an archive, so that going back costs nothing. */
const KEPT_ROWS = 200_000

/** How often listeners are told at most, in milliseconds. */
const TELL_MS = 80

/** A folder that is being read, or was. */
export interface FolderReading {
  readonly table: EntryTable
  /** Settles when all is there; rejects with what went wrong. */
  readonly done: Promise<void>
  readonly isComplete: boolean
}

interface SharedReading extends FolderReading {
  readonly listeners: Set<() => void>
  readonly controller: AbortController
  isComplete: boolean
}

const kept = new WeakMap<Archive, Map<string, SharedReading>>()

/**
 * Reads a folder; all who want it at the same time share one reading, which ends when the last of them has left.
 *
 * @param onRows - told, some times a second, that there are more
 * @param signal - leaves
 */
export function readFolder(archive: Archive, folder: string, onRows: () => void, signal: AbortSignal): FolderReading {
  const readings = kept.get(archive) ?? new Map<string, SharedReading>()
  kept.set(archive, readings)
  const reading = readings.get(folder) ?? begin(archive, folder)
  // The one asked for last is the last to be dropped.
  readings.delete(folder)
  readings.set(folder, reading)
  if (reading.isComplete) return reading
  reading.listeners.add(onRows)
  const drop = (): void => {
    if (readings.get(folder) === reading) readings.delete(folder)
  }
  signal.addEventListener(
    'abort',
    () => {
      reading.listeners.delete(onRows)
      if (reading.listeners.size > 0 || reading.isComplete) return
      drop()
      reading.controller.abort(signal.reason)
    },
    { once: true },
  )
  reading.done.then(() => dropOldest(readings), drop)
  return reading
}

function dropOldest(readings: Map<string, SharedReading>): void {
  let rows = 0
  for (const { table } of readings.values()) rows += table.count
  for (const [folder, { table, isComplete }] of readings) {
    if (rows <= KEPT_ROWS || readings.size === 1) return
    if (!isComplete) continue
    rows -= table.count
    readings.delete(folder)
  }
}

function begin(archive: Archive, folder: string): SharedReading {
  const table = new EntryTable()
  const listeners = new Set<() => void>()
  const controller = new AbortController()
  const done = fill(table, archive, folder, controller.signal, listeners).then(() => {
    reading.isComplete = true
    listeners.clear()
  })
  const reading: SharedReading = { table, done, listeners, controller, isComplete: false }
  return reading
}

async function fill(
  table: EntryTable,
  archive: Archive,
  folder: string,
  signal: AbortSignal,
  listeners: ReadonlySet<() => void>,
): Promise<void> {
  // Without an index a folder costs the whole listing, which is kept then for all others.
  const whole = readyTable(archive) ?? (hasIndex(archive) ? undefined : await wholeTable(archive, () => {}, signal))
  if (whole) return fillFrom(whole, table, folder, signal)
  let telling: ReturnType<typeof setTimeout> | undefined
  const tell = (): void => {
    telling = undefined
    for (const listener of listeners) listener()
  }
  const slice = new WorkSlice()
  try {
    for await (const { entry, pathBytes, isFolder } of archive.children(folder, { signal })) {
      if (entry) table.add(entry, isFolder)
      else table.addFolder(pathBytes)
      telling ??= setTimeout(tell, table.count === 1 ? 0 : TELL_MS)
      if (table.count % 256 === 0) await slice.breathe()
    }
  } finally {
    clearTimeout(telling)
  }
}

/** All lines of what lies in the folder, also several of one path, and folders that have none where they first appear. */
async function fillFrom(whole: EntryTable, table: EntryTable, folder: string, signal: AbortSignal): Promise<void> {
  const children = await gather(whole, folder, signal)
  const slice = new WorkSlice()
  for (const row of children.rows) {
    const place = childBytes(whole.pathBytes(Math.abs(row) - 1), children.prefix)
    if (place === undefined) continue
    const key = keyOf(place.bytes)
    if (row > 0) table.copy(whole, row - 1, whole.isFolder(row - 1) || children.withContent.has(key))
    else if (children.withContent.get(key) === false) table.addFolder(place.bytes)
    if (table.count % 256 === 0) await slice.breathe()
    signal.throwIfAborted()
  }
}

interface GatheredChildren {
  readonly prefix: Uint8Array
  /** Row and 1 of the children's own lines; negative, of the first line in those which had none till then. */
  readonly rows: readonly number[]
  /** Children in which something lies, by whether they have a line of their own. */
  readonly withContent: ReadonlyMap<string, boolean>
}

async function gather(whole: EntryTable, folder: string, signal: AbortSignal): Promise<GatheredChildren> {
  const prefix = folderPrefix(folder)
  const rows: number[] = []
  const withContent = new Map<string, boolean>()
  const own: number[] = []
  const slice = new WorkSlice()
  for (let row = 0; row < whole.count; row += 1) {
    if (row % 4096 === 0) {
      await slice.breathe()
      signal.throwIfAborted()
    }
    const place = childBytes(whole.pathBytes(row), prefix)
    if (place?.isOwn) {
      rows.push(row + 1)
      own.push(row)
    } else if (place && !withContent.has(keyOf(place.bytes))) {
      rows.push(-row - 1)
      withContent.set(keyOf(place.bytes), false)
    }
  }
  if (withContent.size === 0) return { prefix, rows, withContent }
  for (const row of own) {
    const key = keyOf(childBytes(whole.pathBytes(row), prefix)?.bytes ?? prefix)
    if (withContent.has(key)) withContent.set(key, true)
  }
  return { prefix, rows, withContent }
}

/** Different for different bytes. */
function keyOf(bytes: Uint8Array): string {
  return decodeText(bytes)
}
