/** Sources that stay with the page, for the thread that has the archive. */
import type { ByteSource, ReadOptions, TailBytes } from '../io/byte-source.ts'
import type { ArchiveCalls, SourceCalls } from './archive-calls.ts'
import type { Handlers, MessagePeer } from './message-peer.ts'
import { copyBytes, giveBytes } from './give-bytes.ts'

/** The page, as the thread that has the archive sees it. */
export type Page = Pick<MessagePeer<ArchiveCalls, SourceCalls>, 'call' | 'iterate'>

/** Reads a source of the page. */
export class PageSource implements ByteSource {
  readonly name: string
  readonly #page: Page
  readonly #index: number

  /** @param index - which of the page's sources */
  constructor(page: Page, index: number, name: string) {
    this.name = name
    this.#page = page
    this.#index = index
  }

  readTail(lengthBytes: number, options: ReadOptions = {}): Promise<TailBytes> {
    return this.#page.call('readTail', { index: this.#index, lengthBytes }, { signal: options.signal })
  }

  read(offset: number, lengthBytes: number, options: ReadOptions = {}): Promise<Uint8Array> {
    return this.#page.call('read', { index: this.#index, offset, lengthBytes }, { signal: options.signal })
  }

  stream(offset: number, lengthBytes: number, options: ReadOptions = {}): AsyncIterable<Uint8Array> {
    return this.#page.iterate('stream', { index: this.#index, offset, lengthBytes }, { signal: options.signal })
  }

  /** The page closes it. */
  async close(): Promise<void> {}
}

/** Lets the other thread read sources of this one. What a source may have kept is copied. */
export function serveSources(sources: readonly ByteSource[]): Handlers<SourceCalls> {
  const at = (index: number): ByteSource => sourceAt(sources, index)
  return {
    readTail: async ({ index, lengthBytes }, { signal }) => {
      const { bytes, sizeBytes } = await at(index).readTail(lengthBytes, { signal })
      const { value, transfer } = copyBytes(bytes)
      return { value: { bytes: value, sizeBytes }, transfer }
    },
    read: async ({ index, offset, lengthBytes }, { signal }) =>
      copyBytes(await at(index).read(offset, lengthBytes, { signal })),
    stream: async ({ index, offset, lengthBytes }, { signal, send }) => {
      for await (const chunk of at(index).stream(offset, lengthBytes, { signal })) await send(giveBytes(chunk))
      return { value: undefined }
    },
  }
}

/** Gives the source that has this number. */
export function sourceAt(sources: readonly ByteSource[], index: number): ByteSource {
  const source = sources[index]
  if (source === undefined) throw new RangeError(`there is no source ${index}`)
  return source
}
