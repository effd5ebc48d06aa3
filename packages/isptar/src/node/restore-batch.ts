/** A batch of small files on its way: what is gathered until it is read in one piece and given to a thread. */
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { endOfSlice } from '../io/slice-border.ts'
import { KiB, MiB } from '../limits.ts'
import type { Entry } from '../read/entry.ts'
import type { Turn } from './event-order.ts'
import { type FilesMessage, type JobFile, packFiles } from './restore-message.ts'
import type { HeldFolder, RestoreRoot } from './restore-root.ts'

/** As large a window as a request is worth, and several threads can hold. */
const WINDOW_BYTES: number = 1 * MiB
/** Members this near to each other are read in one piece: what lies between them costs less than another request. */
const GAP_BYTES: number = 64 * KiB
const MAX_FILES = 8192
/** Each takes a descriptor. */
const MAX_FOLDERS = 64
/** How much of a batch one job has at most, and a file more: less would cost more to hand over than to do. */
const MAX_JOB_FILES = 128
const MAX_JOB_BYTES: number = 1 * MiB

/** Where the member that holds a file's data lies. */
export interface SmallMember {
  readonly source: ByteSource
  readonly offset: number
  readonly packedBytes: number
  readonly plainOffset: number
  readonly crc32: number | undefined
}

/** What restoring a small file takes. */
export interface FoundFile {
  readonly xattrs: ReadonlyMap<string, Uint8Array>
  /** Undefined for a file without data. */
  readonly member: SmallMember | undefined
}

/** A small file, and where it goes. */
export interface BatchFile extends FoundFile {
  readonly entry: Entry
  readonly place: string
  readonly parent: string
  readonly name: string
}

/** A file of a batch. */
export interface BatchItem extends BatchFile {
  readonly turn: Turn
  readonly folder: HeldFolder
}

/** What one job has of a batch. */
export interface JobPart {
  readonly files: FilesMessage
  readonly fileCount: number
  readonly window: Uint8Array<ArrayBuffer>
}

/** Files whose members are read together. */
export class RestoreBatch {
  readonly items: BatchItem[] = []
  readonly #folders = new Map<string, HeldFolder>()
  #source: ByteSource | undefined
  #start = 0
  #end = 0
  #sliceEnd = Number.POSITIVE_INFINITY

  /** Whether a file can be read with those that are in it: from one source, one slice, and not far away. */
  takes({ member, parent }: BatchFile): boolean {
    if (this.items.length === 0) return true
    if (this.items.length >= MAX_FILES) return false
    if (this.#folders.size >= MAX_FOLDERS && !this.#folders.has(parent)) return false
    if (member === undefined || this.#source === undefined) return true
    const { source, offset, packedBytes } = member
    const isNear = this.#start <= offset && offset <= this.#end + GAP_BYTES && offset < this.#sliceEnd
    return source === this.#source && isNear && offset + packedBytes <= this.#start + WINDOW_BYTES
  }

  /**
   * Takes a file.
   *
   * @param root - which has entered its folder
   * @returns false where folders are not held open
   */
  add(file: BatchFile, root: RestoreRoot, takeTurn: () => Turn): boolean {
    const folder = this.#folders.get(file.parent) ?? root.hold()
    if (folder === undefined) return false
    this.#folders.set(file.parent, folder)
    const { entry, place, parent, name, xattrs, member } = file
    this.items.push({ entry, place, parent, name, xattrs, member, folder, turn: takeTurn() })
    if (member) this.#widen(member)
    return true
  }

  #widen({ source, offset, packedBytes }: SmallMember): void {
    if (this.#source === undefined) {
      this.#source = source
      this.#start = offset
    }
    if (offset + packedBytes <= this.#end) return
    this.#end = offset + packedBytes
    // The next slice may be elsewhere: it is not fetched for what nobody asked for.
    this.#sliceEnd = endOfSlice(source, this.#end - 1) ?? Number.POSITIVE_INFINITY
  }

  /** Reads the window in which all members lie. */
  async read(options: ReadOptions): Promise<Uint8Array> {
    return this.#source?.read(this.#start, this.#end - this.#start, options) ?? new Uint8Array()
  }

  /**
   * Parts the files, in order, into jobs that are large enough to be worth a thread and small enough to keep several busy.
   *
   * @param window - as {@link read} gave it; each job gets a copy of its part
   */
  *jobs(window: Uint8Array): Generator<JobPart, void, undefined> {
    for (let first = 0; first < this.items.length; ) {
      const items = this.items.slice(first, this.#endOfJob(first))
      first += items.length
      const [start, end] = rangeOf(items)
      // What a source gives may be its own, and is needed for the other jobs.
      const bytes = start < end ? window.subarray(start - this.#start, end - this.#start) : []
      const files = packFiles(items.map((item) => jobFile(item, start)))
      yield { files, fileCount: items.length, window: new Uint8Array(bytes) }
    }
  }

  #endOfJob(first: number): number {
    let plainBytes = 0
    let end = first
    for (; end < this.items.length; end += 1) {
      const isFull = end >= first + MAX_JOB_FILES || plainBytes >= MAX_JOB_BYTES
      // A group is unfolded once.
      if (isFull && this.items[end]?.member?.offset !== this.items[end - 1]?.member?.offset) break
      plainBytes += this.items[end]?.entry.sizeBytes ?? 0
    }
    return end
  }

  /** Lets go of the folders. */
  release(): void {
    for (const folder of this.#folders.values()) folder.release()
    this.#folders.clear()
  }
}

/** From the first byte of their members to the last. */
function rangeOf(items: readonly BatchItem[]): readonly [start: number, end: number] {
  let [start, end] = [Number.POSITIVE_INFINITY, 0]
  for (const { member } of items) {
    if (member === undefined) continue
    start = Math.min(start, member.offset)
    end = Math.max(end, member.offset + member.packedBytes)
  }
  return [start, end]
}

function jobFile({ entry, xattrs, folder, name, member }: BatchItem, start: number): JobFile {
  const { mode, uid, gid, mtime, sizeBytes } = entry.record
  const place = member && {
    offset: member.offset - start,
    packedBytes: member.packedBytes,
    plainOffset: member.plainOffset,
    crc32: member.crc32,
  }
  return { mode, uid, gid, mtime, xattrs, sizeBytes, folder: folder.prefix, name, member: place }
}
