/** A file that the browser downloads from this page: kept by the browser until all of it was checked. */
import { TroubleError } from '../contract/trouble.ts'
import type { SaveTarget } from './save-target.ts'
import { type Sink, streamInto } from './sink-stream.ts'

const MiB = 1024 * 1024
/** Up to here memory is as good as a file. */
const SMALL_BYTES = 32 * MiB
/** What is kept in memory where the browser has no files of its own for pages; some end at 2 GiB. */
const MAX_MEMORY_BYTES = 2048 * MiB - 1
/** Pieces of memory that the browser is given to keep. */
const PIECE_BYTES = 8 * MiB
/** How long a download may read what was kept for it. */
const KEPT_MS = 60 * 60 * 1000
const FOLDER = 'isptar-downloads'

/** Something that keeps data until it is downloaded. */
interface Store extends Sink {
  blob(): Promise<Blob>
  /** Takes away what was kept. */
  remove(): Promise<void>
}

/** Saves by a download. */
export class DownloadTarget implements SaveTarget {
  readonly name: string
  readonly isDownload = true
  readonly stream: WritableStream<Uint8Array>
  failure: TroubleError | undefined
  readonly #store: Store
  #blob: Blob | undefined

  private constructor(name: string, store: Store) {
    this.name = name
    this.#store = store
    this.stream = streamInto(store, (failure) => (this.failure = failure))
  }

  /** @param sizeBytes - what is expected; undefined where that is not known */
  static async open(name: string, sizeBytes: number | undefined): Promise<DownloadTarget> {
    const isSmall = sizeBytes !== undefined && sizeBytes <= SMALL_BYTES
    const store = isSmall ? undefined : await FileStore.open().catch(() => undefined)
    return new DownloadTarget(name, store ?? new MemoryStore())
  }

  async written(): Promise<Blob> {
    this.#blob = await this.#store.blob()
    return this.#blob
  }

  keep(): void {
    if (this.#blob === undefined) throw new TypeError('what was not read back is not given away')
    const url = URL.createObjectURL(this.#blob)
    const link = document.createElement('a')
    link.href = url
    link.download = this.name
    link.click()
    // The browser does not say when it has read all of it.
    setTimeout(() => {
      URL.revokeObjectURL(url)
      void this.#store.remove().catch(() => undefined)
    }, KEPT_MS)
  }

  async discard(): Promise<boolean> {
    await this.#store.abort().catch(() => undefined)
    await this.#store.remove().catch(() => undefined)
    return false
  }
}

/** In memory: browsers move large pieces to the disk as they see fit. */
class MemoryStore implements Store {
  #pieces: Blob[] = []
  #chunks: Uint8Array<ArrayBuffer>[] = []
  #chunkBytes = 0
  #bytes = 0

  async write(chunk: Uint8Array): Promise<void> {
    this.#bytes += chunk.length
    if (this.#bytes > MAX_MEMORY_BYTES)
      throw new TroubleError({
        kind: 'limit',
        title: 'This is too large for this browser to save',
        detail: `More than ${MAX_MEMORY_BYTES} bytes would have to be kept in memory.`,
        advice: 'Select less, or open the page in a browser that lets one choose where to save, as Chromium does.',
      })
    this.#chunks.push(new Uint8Array(chunk))
    this.#chunkBytes += chunk.length
    if (this.#chunkBytes >= PIECE_BYTES) this.#gather()
  }

  async close(): Promise<void> {
    this.#gather()
  }

  async abort(): Promise<void> {
    await this.remove()
  }

  async blob(): Promise<Blob> {
    return new Blob(this.#pieces, { type: 'application/octet-stream' })
  }

  async remove(): Promise<void> {
    this.#pieces = []
    this.#chunks = []
  }

  #gather(): void {
    this.#pieces.push(new Blob(this.#chunks))
    this.#chunks = []
    this.#chunkBytes = 0
  }
}

/** In a file that the browser has for this page alone. */
class FileStore implements Store {
  readonly #folder: FileSystemDirectoryHandle
  readonly #handle: FileSystemFileHandle
  readonly #writable: FileSystemWritableFileStream

  private constructor(
    folder: FileSystemDirectoryHandle,
    handle: FileSystemFileHandle,
    writable: FileSystemWritableFileStream,
  ) {
    this.#folder = folder
    this.#handle = handle
    this.#writable = writable
  }

  /** @throws DOMException, TypeError where the browser has no such files, as for pages of the disk */
  static async open(): Promise<FileStore> {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle(FOLDER, { create: true })
    await removeOld(folder)
    const name = `${Date.now()}-${Math.random().toString(36).slice(2)}`
    const handle = await folder.getFileHandle(name, { create: true })
    return new FileStore(folder, handle, await handle.createWritable())
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#writable.write(new Uint8Array(chunk))
  }

  close(): Promise<void> {
    return this.#writable.close()
  }

  abort(): Promise<void> {
    return this.#writable.abort()
  }

  blob(): Promise<Blob> {
    return this.#handle.getFile()
  }

  remove(): Promise<void> {
    return this.#folder.removeEntry(this.#handle.name)
  }
}

/** What pages left that were closed before their download was over. */
async function removeOld(folder: FileSystemDirectoryHandle): Promise<void> {
  const names: string[] = []
  for await (const name of folder.keys()) names.push(name)
  for (const name of names)
    if (Date.now() - Number(name.split('-')[0]) > KEPT_MS) await folder.removeEntry(name).catch(() => undefined)
}
