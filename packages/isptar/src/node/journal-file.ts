/**
 * A file of records that grows: a line of JSON with the lengths of the bytes that follow it, and a CRC-32 of both. A record
 * that was cut by a crash, or damaged, ends the file.
 */
import { open, rename } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MiB } from '../limits.ts'
import { fileError } from './file-error.ts'
import { syncFolder } from './file-target.ts'
import { codec } from './zlib-codec.ts'

const LF = 0x0a
/** Longest line of JSON: far above that of a file with all the seek points there may be. */
const MAX_LINE_BYTES: number = 16 * MiB
const READ_BYTES = 65_536

/** One record. */
export interface JournalRecord {
  readonly kind: string
  /** Anything that JSON holds. */
  readonly value: unknown
  readonly parts: readonly Uint8Array[]
}

/** A record as it is read. */
export interface StoredRecord extends JournalRecord {
  /** Where the next one begins in the file. */
  readonly end: number
}

/** A file that records are added to. */
export class JournalFile {
  #path: string
  readonly #handle: FileHandle
  #length: number

  /** Use {@link JournalFile.create} or {@link JournalFile.reopen}. */
  private constructor(path: string, handle: FileHandle, length: number) {
    this.#path = path
    this.#handle = handle
    this.#length = length
  }

  /** Begins a file where there is none; only its owner may read it. */
  static async create(path: string): Promise<JournalFile> {
    return within('create', path, async () => new JournalFile(path, await open(path, 'wx', 0o600), 0))
  }

  /** Goes on after a record of which the end is known, and drops what follows it. */
  static async reopen(path: string, end: number): Promise<JournalFile> {
    return within('open', path, async () => {
      const handle = await open(path, 'r+')
      await handle.truncate(end)
      return new JournalFile(path, handle, end)
    })
  }

  get path(): string {
    return this.#path
  }

  /** Its length in bytes. */
  get sizeBytes(): number {
    return this.#length
  }

  /** Takes the name of another file, which is gone then; that and what was added is durable. */
  async replace(path: string): Promise<void> {
    await this.sync()
    await within('rename', path, async () => {
      await rename(this.#path, path)
      await syncFolder(dirname(path))
    })
    this.#path = path
  }

  /** Adds a record. */
  async append({ kind, value, parts }: JournalRecord): Promise<void> {
    const header = { kind, value, lengths: parts.map((part) => part.length) }
    const sum = parts.reduce((crc, part) => codec.crc32(part, crc), crcOf(header))
    const line = JSON.stringify({ ...header, crc32: sum })
    const from = this.#length
    try {
      await within('write', this.path, async () => {
        for (const bytes of [Buffer.from(`${line}\n`), ...parts]) await this.#write(bytes)
      })
    } catch (error) {
      // The next record takes the place of what was written of this one.
      this.#length = from
      throw error
    }
  }

  /** Makes what was added durable. */
  async sync(): Promise<void> {
    await within('write', this.path, () => this.#handle.datasync())
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#length)
      done += bytesWritten
      this.#length += bytesWritten
    }
  }
}

/**
 * Reads records until the file ends or one is not whole.
 *
 * @param path - of the file
 * @param end - where to stop
 */
export async function* readJournal(
  path: string,
  end: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<StoredRecord, void, undefined> {
  const handle = await within('open', path, () => open(path, 'r'))
  try {
    for (let at = 0; at < end; ) {
      const record = await within('read', path, () => readRecord(handle, at))
      if (record === undefined) return
      yield record
      at = record.end
    }
  } finally {
    await handle.close()
  }
}

async function readRecord(handle: FileHandle, at: number): Promise<StoredRecord | undefined> {
  const line = await readLine(handle, at)
  const header = line && parseHeader(line)
  if (!header) return undefined
  const { kind, value, lengths } = header
  let end = at + line.length + 1
  let sum = crcOf({ kind, value, lengths })
  const parts: Uint8Array[] = []
  for (const length of lengths) {
    const part = await readBytes(handle, end, length)
    if (part.length < length) return undefined
    sum = codec.crc32(part, sum)
    end += length
    parts.push(part)
  }
  return sum === header.crc32 ? { kind, value, parts, end } : undefined
}

async function readLine(handle: FileHandle, at: number): Promise<Uint8Array | undefined> {
  for (let size = READ_BYTES; size <= MAX_LINE_BYTES; size *= 4) {
    const bytes = await readBytes(handle, at, size)
    const end = bytes.indexOf(LF)
    if (end >= 0) return bytes.subarray(0, end)
    if (bytes.length < size) return undefined
  }
  return undefined
}

type Lengths = Omit<JournalRecord, 'parts'> & { readonly lengths: readonly number[] }
type Header = Lengths & { readonly crc32: number }

/** JSON comes out of a file as it went in. */
function crcOf(header: Lengths): number {
  return codec.crc32(Buffer.from(JSON.stringify(header)))
}

function parseHeader(line: Uint8Array): Header | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(line).toString('utf8'))
    const isHeader = typeof value === 'object' && value !== null && 'lengths' in value && Array.isArray(value.lengths)
    return isHeader ? (value as Header) : undefined
  } catch {
    return undefined
  }
}

/** Reads what there is, up to a length. */
async function readBytes(handle: FileHandle, at: number, lengthBytes: number): Promise<Uint8Array> {
  const { size } = await handle.stat()
  const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, size - at)))
  let done = 0
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

async function within<T>(operation: string, path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    throw fileError(error, operation, path)
  }
}
