/** Records what comes of a source: how much for how many requests, which bytes, and the requests made last. */
import type { ByteSource, ReadOptions, TailBytes } from 'isptar'
import { RangeSet } from './range-set.ts'

/** Requests that are remembered one by one. */
const MAX_RECENT = 200

/** One request. */
export interface RecordedRequest {
  /** Counts from 1. */
  readonly number: number
  /** Where it begins, in bytes; undefined for a read of the end whose answer has not come yet. */
  offset: number | undefined
  /** Bytes that were asked for. */
  lengthBytes: number
  /** Bytes that came so far. */
  receivedBytes: number
}

/** A source that records. Closing it closes the source. Memory is bounded. */
export class FetchRecorder implements ByteSource {
  readonly name: string
  readonly locate: ByteSource['locate']
  /** Which bytes came. */
  readonly ranges: RangeSet = new RangeSet()
  readonly #source: ByteSource
  readonly #recent: RecordedRequest[] = []
  #requests = 0
  #bytes = 0

  constructor(source: ByteSource) {
    this.name = source.name
    this.locate = source.locate?.bind(source)
    this.#source = source
  }

  /** Requests so far, also those that failed. */
  get requests(): number {
    return this.#requests
  }

  /** Bytes that came; those that came twice count twice. */
  get bytes(): number {
    return this.#bytes
  }

  /** The last requests, oldest first. */
  get recent(): readonly Readonly<RecordedRequest>[] {
    return this.#recent
  }

  get sliceNames(): readonly string[] | undefined {
    return this.#source.sliceNames
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    const request = this.#begin(undefined, lengthBytes)
    const tail = await this.#source.readTail(lengthBytes, options)
    request.lengthBytes = tail.bytes.length
    request.offset = tail.sizeBytes - tail.bytes.length
    this.#receive(request, request.offset, tail.bytes.length)
    return tail
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    const request = this.#begin(offset, lengthBytes)
    const bytes = await this.#source.read(offset, lengthBytes, options)
    this.#receive(request, offset, bytes.length)
    return bytes
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    const request = this.#begin(offset, lengthBytes)
    for await (const chunk of this.#source.stream(offset, lengthBytes, options)) {
      this.#receive(request, offset, chunk.length)
      yield chunk
    }
  }

  async close(): Promise<void> {
    await this.#source.close()
  }

  #begin(offset: number | undefined, lengthBytes: number): RecordedRequest {
    this.#requests += 1
    const request = { number: this.#requests, offset, lengthBytes, receivedBytes: 0 }
    this.#recent.push(request)
    if (this.#recent.length > MAX_RECENT) this.#recent.shift()
    return request
  }

  #receive(request: RecordedRequest, offset: number, lengthBytes: number): void {
    const start = offset + request.receivedBytes
    request.receivedBytes += lengthBytes
    this.#bytes += lengthBytes
    this.ranges.add(start, start + lengthBytes)
  }
}
