/** The thread that has the archive: it opens it and answers for it. */
import type { ByteSource } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { VERSION } from '../version.ts'
import type {
  ArchiveCalls,
  ArchiveDescription,
  OpenRequest,
  ReadRequest,
  SourceCalls,
  WireEntry,
} from './archive-calls.ts'
import { packEntries, unpackEntries } from './entry-batch.ts'
import { type Handlers, MessagePeer, type Parcel, type ServedCall } from './message-peer.ts'
import { packItems } from './item-batch.ts'
import { giveBytes } from './give-bytes.ts'
import { openRequested } from './open-requested.ts'
import { PageSource } from './page-source.ts'

/** Entries, or items of a folder, that travel together. */
const BATCH_ENTRIES = 256

/** Answers, over a port, for one archive that is opened by the first call. */
export function hostArchive(port: MessagePort): void {
  const host = new ArchiveHost((index, name) => new PageSource(peer, index, name))
  const peer: MessagePeer<ArchiveCalls, SourceCalls> = new MessagePeer(port, host.handlers())
}

class ArchiveHost {
  readonly #sourceAt: (index: number, name: string) => ByteSource
  #opened: Archive | undefined

  constructor(sourceAt: (index: number, name: string) => ByteSource) {
    this.#sourceAt = sourceAt
  }

  handlers(): Handlers<ArchiveCalls> {
    return {
      start: async () => ({ value: VERSION }),
      open: async (request, { signal }) => ({ value: await this.#open(request, signal) }),
      entries: (options, call) => this.#entries(options, call),
      children: (folder, call) => this.#children(folder, call),
      paths: (options, call) => this.#paths(options, call),
      find: async (path, { signal }) => {
        const entry = await this.#archive.find(path, { signal })
        return packEntries(entry === undefined ? [] : [entry])
      },
      stream: (request, call) => this.#stream(request, call),
      bytes: async ({ entry, options }, { signal }) =>
        giveBytes(await this.#archive.bytes(this.#entryOf(entry), { ...options, signal })),
      digest: async (entry, { signal }) => ({ value: await this.#digest(entry, signal) }),
      verify: async ({ quick, wantsProgress }, { signal, offer }) => {
        const onProgress = wantsProgress ? offer : undefined
        return { value: await this.#archive.verify({ quick, signal, onProgress }) }
      },
    }
  }

  get #archive(): Archive {
    if (this.#opened === undefined) throw new TypeError('no archive was opened')
    return this.#opened
  }

  async #open(request: OpenRequest, signal: AbortSignal): Promise<ArchiveDescription> {
    this.#opened = await openRequested(request, this.#sourceAt, { signal })
    const { name, sizeBytes, serviceInfo, tail, notices, sliceNames, isCatalogue, hasDigests } = this.#opened
    return { name, sizeBytes, serviceInfo, tail, notices, sliceNames, isCatalogue, hasDigests }
  }

  async #entries(
    options: ArchiveCalls['entries']['args'],
    { signal, send }: ServedCall<ArchiveCalls['entries']['piece']>,
  ): Promise<Parcel<undefined>> {
    let batch: Entry[] = []
    for await (const entry of this.#archive.entries({ ...options, signal })) {
      batch.push(entry)
      if (batch.length < BATCH_ENTRIES) continue
      await send(packEntries(batch))
      batch = []
    }
    if (batch.length > 0) await send(packEntries(batch))
    return { value: undefined }
  }

  async #children(
    folder: string,
    { signal, send }: ServedCall<ArchiveCalls['children']['piece']>,
  ): Promise<Parcel<undefined>> {
    for await (const items of this.#archive.childBatches(folder, { signal }))
      for (let from = 0; from < items.length; from += BATCH_ENTRIES)
        await send(packItems(items.slice(from, from + BATCH_ENTRIES)))
    return { value: undefined }
  }

  async #paths(
    options: ArchiveCalls['paths']['args'],
    { signal, send }: ServedCall<ArchiveCalls['paths']['piece']>,
  ): Promise<Parcel<undefined>> {
    for await (const { bytes, ends } of this.#archive.paths({ ...options, signal })) {
      const { value, transfer } = giveBytes(bytes)
      await send({ value: { bytes: value, ends }, transfer })
    }
    return { value: undefined }
  }

  async #stream({ entry, options }: ReadRequest, { signal, send }: ServedCall<Uint8Array>): Promise<Parcel<undefined>> {
    const reader = this.#archive.stream(this.#entryOf(entry), { ...options, signal }).getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return { value: undefined }
        await send(giveBytes(value))
      }
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  }

  /** Copied: a digest that came with others is a view of all of them. */
  async #digest(entry: WireEntry, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const digest = await this.#archive.digest(this.#entryOf(entry), { signal })
    return digest && new Uint8Array(digest)
  }

  #entryOf(entry: WireEntry): string | Entry {
    if (typeof entry === 'string') return entry
    const [only] = unpackEntries(entry, this.#archive)
    if (only === undefined) throw new TypeError('no entry was given')
    return only
  }
}
