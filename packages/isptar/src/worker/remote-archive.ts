/** An archive that another thread has open. */
import { EntryNotFoundError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { ArchiveFacts } from '../read/archive-facts.ts'
import type { Entry, EntryReader, StreamOptions } from '../read/entry.ts'
import type { FolderItem } from '../read/folder-items.ts'
import type { EntriesOptions, PathsOptions } from '../read/line-lookup.ts'
import { toReadableStream } from '../read/readable.ts'
import type { VerifyOptions, VerifyReport } from '../read/verify.ts'
import type { PathBlock } from '../tail/path-gatherer.ts'
import type { TailLayout } from '../tail/tail-layout.ts'
import type { ArchiveCalls, ArchiveDescription, ReadRequest, SourceCalls, WireEntry } from './archive-calls.ts'
import type { ArchiveReader } from './archive-reader.ts'
import { packEntries, unpackEntries } from './entry-batch.ts'
import { unpackItems } from './item-batch.ts'
import type { MessagePeer, Parcel } from './message-peer.ts'

/** The thread that has the archive. */
export interface ArchiveThread {
  readonly peer: Pick<MessagePeer<SourceCalls, ArchiveCalls>, 'call' | 'iterate'>
  /** Ends it, and with it the archive. Safe to call twice. */
  end(): Promise<void>
}

/** Reads by messages. Each call costs one there and back; data comes in pieces that are handed over, four ahead at most. */
export class RemoteArchive extends ArchiveFacts implements ArchiveReader, EntryReader {
  readonly name: string
  readonly sizeBytes: number
  readonly tail: TailLayout
  readonly notices: readonly string[]
  readonly sliceNames: readonly string[] | undefined
  readonly isCatalogue: boolean
  readonly hasDigests: boolean
  readonly #thread: ArchiveThread

  constructor(thread: ArchiveThread, description: ArchiveDescription) {
    super(description.serviceInfo)
    this.name = description.name
    this.sizeBytes = description.sizeBytes
    this.tail = description.tail
    this.notices = description.notices
    this.sliceNames = description.sliceNames
    this.isCatalogue = description.isCatalogue
    this.hasDigests = description.hasDigests
    this.#thread = thread
  }

  async *entries({ under, digests, signal }: EntriesOptions = {}): AsyncGenerator<Entry, void, undefined> {
    for await (const batch of this.#thread.peer.iterate('entries', { under, digests }, { signal }))
      yield* unpackEntries(batch, this)
  }

  async *children(folder = '', { signal }: ReadOptions = {}): AsyncGenerator<FolderItem, void, undefined> {
    for await (const batch of this.#thread.peer.iterate('children', folder, { signal })) yield* unpackItems(batch, this)
  }

  paths({ under, terminator, signal }: PathsOptions = {}): AsyncGenerator<PathBlock, void, undefined> {
    return this.#thread.peer.iterate('paths', { under, terminator }, { signal })
  }

  async find(path: string, { signal }: ReadOptions = {}): Promise<Entry | undefined> {
    const [entry] = unpackEntries(await this.#thread.peer.call('find', path, { signal }), this)
    return entry
  }

  async get(path: string, options: ReadOptions = {}): Promise<Entry> {
    const entry = await this.find(path, options)
    if (entry === undefined) throw new EntryNotFoundError(path, this.name)
    return entry
  }

  stream(entry: string | Entry, options: StreamOptions = {}): ReadableStream<Uint8Array> {
    return toReadableStream((signal) => this.#pieces(entry, options, signal), options.signal)
  }

  async *#pieces(
    entry: string | Entry,
    options: StreamOptions,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { value, transfer } = this.#request(entry, options)
    yield* this.#thread.peer.iterate('stream', value, { signal, transfer })
  }

  async bytes(entry: string | Entry, options: StreamOptions = {}): Promise<Uint8Array> {
    const { value, transfer } = this.#request(entry, options)
    return this.#thread.peer.call('bytes', value, { signal: options.signal, transfer })
  }

  async text(entry: string | Entry, options: StreamOptions = {}): Promise<string> {
    return new TextDecoder().decode(await this.bytes(entry, options))
  }

  async digest(entry: string | Entry, { signal }: ReadOptions = {}): Promise<Uint8Array | undefined> {
    const { value, transfer } = this.#pack(entry)
    return this.#thread.peer.call('digest', value, { signal, transfer })
  }

  verify({ quick, signal, onProgress }: VerifyOptions = {}): Promise<VerifyReport> {
    const wantsProgress = onProgress !== undefined
    return this.#thread.peer.call('verify', { quick, wantsProgress }, { signal }, onProgress)
  }

  async close(): Promise<void> {
    await this.#thread.end()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #request(entry: string | Entry, { start, end, ignoreChecksum }: StreamOptions): Parcel<ReadRequest> {
    const { value, transfer } = this.#pack(entry)
    return { value: { entry: value, options: { start, end, ignoreChecksum } }, transfer }
  }

  #pack(entry: string | Entry): Parcel<WireEntry> {
    if (typeof entry === 'string') return { value: entry }
    if (entry.isOf(this)) return packEntries([entry])
    throw new TypeError(`${JSON.stringify(entry.path)} is an entry of another archive than ${this.name}`)
  }
}
