/** Windows of a file's data, for as few bytes of the archive as can be. */
import type { Archive, Entry } from 'isptar'
import { PREVIEW_BYTES } from '../contract/entry-calls.ts'
import { TroubleError } from '../contract/trouble.ts'
import { chunksAround, isSeekable } from './seek-chunks.ts'

/** Files up to this size are read whole: the library takes one read for them, and so they are checked. */
const WHOLE_BYTES = 1024 * 1024
/** Chunks up to this size together are read whole and kept: the windows beside are in them. */
const KEPT_BYTES = 4 * 1024 * 1024
/** How far into a file without chunks a window may lie: all before it is inflated. */
const MAX_SKIPPED_BYTES = 4 * 1024 * 1024 * 1024

/** A part of a file's data, in bytes of the file. */
export interface DataWindow {
  readonly start: number
  readonly end: number
  readonly bytes: Uint8Array
  readonly isChecked: boolean
}

/** How to read. */
export interface WindowOptions {
  readonly signal: AbortSignal
  /** Whether to give data although its CRC is wrong. @defaultValue false */
  readonly ignoreChecksum?: boolean | undefined
}

/** What was read last of each archive. */
const kept = new WeakMap<Archive, { readonly line: number; readonly data: DataWindow }>()

/**
 * Gives a window.
 *
 * @param file - an entry with data
 * @param start - inside its data
 * @throws errors of reading; TroubleError of kind `limit` too far into a file without chunks
 */
export async function readWindow(
  archive: Archive,
  file: Entry,
  start: number,
  options: WindowOptions,
): Promise<DataWindow> {
  const end = Math.min(start + PREVIEW_BYTES, file.sizeBytes)
  if (options.ignoreChecksum) return { ...(await skipTo(archive, file, start, end, options)), isChecked: false }
  const at = keptOf(archive, file, start, end)
  if (at !== undefined) return cut(at, start, end)
  if (file.sizeBytes > WHOLE_BYTES && !isSeekable(archive, file)) return skipTo(archive, file, start, end, options)
  const run = runOf(file, start, end)
  const bytes = await archive.bytes(file, { start: run.start, end: run.end, signal: options.signal })
  const data = { start: run.start, end: run.end, bytes, isChecked: true }
  kept.set(archive, { line: file.place.line, data })
  return cut(data, start, end)
}

/** Gives all data of a file as it was read last, where it was; nothing is read for that. */
export function wholeKept(archive: Archive, file: Entry): Uint8Array | undefined {
  return keptOf(archive, file, 0, file.sizeBytes)?.bytes
}

/** Gives what a window reads, in bytes of the archive, about; undefined where there is none. */
export function costOf(archive: Archive, file: Entry, start: number): number | undefined {
  if (start < 0 || start >= file.sizeBytes) return undefined
  const end = Math.min(start + PREVIEW_BYTES, file.sizeBytes)
  if (keptOf(archive, file, start, end) !== undefined) return 0
  const packedBytes = packedBytesOf(file)
  if (file.sizeBytes <= WHOLE_BYTES) return packedBytes
  if (isSeekable(archive, file)) return chunksAround(file, start, end)?.packedBytes ?? packedBytes
  return Math.ceil(packedBytes * (end / file.sizeBytes))
}

/** Gives what reading all of a file reads, in bytes of the archive, about. */
export function packedBytesOf(file: Entry): number {
  try {
    return file.packedBytes ?? file.sizeBytes
  } catch {
    return file.sizeBytes
  }
}

function keptOf(archive: Archive, file: Entry, start: number, end: number): DataWindow | undefined {
  const last = kept.get(archive)
  return last?.line === file.place.line && last.data.start <= start && end <= last.data.end ? last.data : undefined
}

function cut(data: DataWindow, start: number, end: number): DataWindow {
  // A copy: what goes to the page must not take the rest along.
  return { start, end, bytes: data.bytes.slice(start - data.start, end - data.start), isChecked: data.isChecked }
}

function runOf(file: Entry, start: number, end: number): { readonly start: number; readonly end: number } {
  if (file.sizeBytes <= WHOLE_BYTES) return { start: 0, end: file.sizeBytes }
  const run = chunksAround(file, start, end)
  return run !== undefined && run.end - run.start <= KEPT_BYTES ? run : { start, end }
}

/** Inflates from the beginning and stops where the window ends. */
async function skipTo(
  archive: Archive,
  file: Entry,
  start: number,
  end: number,
  options: WindowOptions,
): Promise<DataWindow> {
  if (end > MAX_SKIPPED_BYTES)
    throw new TroubleError({
      kind: 'limit',
      title: 'This is too far into the file',
      detail: 'It has no points at which reading can begin, so that everything before would have to be read.',
      advice: 'Save the file to look at this part of it.',
    })
  const bytes = new Uint8Array(end - start)
  const isToEnd = end === file.sizeBytes
  let offset = 0
  const reader = archive.stream(file, { ...options }).getReader()
  try {
    while (isToEnd || offset < end) {
      const { done, value } = await reader.read()
      if (done) break
      const from = Math.max(start - offset, 0)
      const until = Math.min(end - offset, value.length)
      if (from < until) bytes.set(value.subarray(from, until), offset + from - start)
      offset += value.length
    }
  } finally {
    // Ends the request; what a failed stream says was said above.
    await reader.cancel().catch(() => undefined)
  }
  // Only a stream that has ended was checked.
  return { start, end, bytes, isChecked: isToEnd }
}
