/** Counts what opening and reading an archive asks for: requests as they are sent, bytes as they come. */
import { type ByteSource, StorageError } from 'isptar'
import type { Meter } from '../contract/archive-calls.ts'
import { FetchRecorder } from './fetch-recorder.ts'
import { withFailures } from './with-failures.ts'

/** What was asked of an archive, its bases and its catalogue. */
export class Traffic {
  /** Of the archive's own source, first, and of others, in the order in which they were opened. */
  readonly counters: FetchRecorder[] = []
  /** Bytes that were fetched whole, before there was a source. */
  wholeBytes: number
  /** Length of the archive and its bases in bytes, once it is known. */
  sizeBytes: number | undefined
  #isReplaced = false
  #sent: number
  readonly #held = new Set<FetchRecorder>()
  readonly #files = new Set<FetchRecorder>()

  /** @param before - what was fetched in vain to open the same */
  constructor(before: Pick<Meter, 'requests' | 'bytes'> = { requests: 0, bytes: 0 }) {
    this.#sent = before.requests
    this.wholeBytes = before.bytes
  }

  /** Sends a request, and counts it. */
  readonly fetch: typeof globalThis.fetch = (input, init) => {
    this.#sent += 1
    return globalThis.fetch(input, init)
  }

  /**
   * Records what is read of a source.
   *
   * @param kind - `fetched`: it sends its requests by {@link fetch}; `file`: each read counts as a request; `held`: it was fetched whole, and reading it costs nothing more
   */
  record(source: ByteSource, kind: 'fetched' | 'file' | 'held'): FetchRecorder {
    const recorder = new FetchRecorder(withFailures(source, (error) => this.#fail(error)))
    this.counters.push(recorder)
    if (kind === 'file') this.#files.add(recorder)
    if (kind === 'held') this.#held.add(recorder)
    return recorder
  }

  /**
   * Records what is read of a file in an archive: nothing more to fetch.
   *
   * @param number - of the counter of the archive around it, which comes after it then
   */
  recordEntry(source: ByteSource, number: number): FetchRecorder {
    const recorder = this.record(source, 'held')
    this.counters.splice(number, 0, ...this.counters.splice(-1))
    return recorder
  }

  /** What there is to tell. */
  get meter(): Meter {
    const read = this.counters.filter((counter) => !this.#held.has(counter))
    return {
      requests: this.#sent + read.reduce((sum, counter) => sum + (this.#files.has(counter) ? counter.requests : 0), 0),
      bytes: this.wholeBytes + read.reduce((sum, { bytes }) => sum + bytes, 0),
      sizeBytes: this.sizeBytes,
      isReplaced: this.#isReplaced,
    }
  }

  #fail(error: unknown): void {
    if (error instanceof StorageError && error.kind === 'changed') this.#isReplaced = true
  }
}
