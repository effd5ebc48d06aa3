/**
 * The codec in JavaScript, for every engine without `node:zlib`. It drives pako's port of zlib directly: the stream state
 * tells exactly how much input was used, which the convenience classes do not.
 */
import * as pako from 'pako'
import { concatBytes } from '../bytes/concat.ts'
import { crc32 } from '../bytes/crc32.ts'
import { KiB } from '../limits.ts'
import type { Codec, DeflateEnd, Inflated, InflateStep, Level, RawInflater } from './codec.ts'
import { brokenDeflateError, cutDeflateError, plainLimitError } from './codec-errors.ts'

const OUTPUT_BYTES: number = 64 * KiB
/** A negative window size asks for raw deflate; 15 is the largest window, 8 the default memory level. */
const RAW_WINDOW_BITS = -15
const MEMORY_LEVEL = 8

/** The codec that runs anywhere. */
export const codec: Codec = {
  name: 'pako',
  deflateRaw,
  inflateRaw,
  createInflater: () => new PakoInflater(),
  crc32,
}

function deflateRaw(plain: Uint8Array, level: Level, end: DeflateEnd = 'final'): Uint8Array {
  const stream = new pako.ZStream()
  pako.zlibDeflateInit2(stream, level, 8, RAW_WINDOW_BITS, MEMORY_LEVEL, pako.Z_DEFAULT_STRATEGY)
  const outputBytes = Math.min(OUTPUT_BYTES, plain.length + KiB)
  const packed: Uint8Array[] = []
  feed(stream, plain)
  do {
    refill(stream, outputBytes)
    const start = stream.next_out
    pako.zlibDeflate(stream, end === 'final' ? pako.Z_FINISH : pako.Z_FULL_FLUSH)
    if (stream.next_out > start) packed.push(stream.output.subarray(start, stream.next_out))
  } while (stream.avail_out === 0)
  return concatBytes(packed)
}

function inflateRaw(packed: Uint8Array, maxBytes: number): Inflated {
  const { plain, usedBytes, ended } = new PakoInflater().run(packed, maxBytes)
  if (!ended) throw cutDeflateError()
  return { plain: concatBytes(plain), packedBytes: usedBytes }
}

/** Gives the stream a fresh output; pieces of the one before belong to the consumer. */
function refill(stream: pako.ZStream, outputBytes: number): void {
  stream.output = new Uint8Array(outputBytes)
  stream.next_out = 0
  stream.avail_out = outputBytes
}

function feed(stream: pako.ZStream, chunk: Uint8Array): void {
  stream.input = chunk
  stream.next_in = 0
  stream.avail_in = chunk.length
}

class PakoInflater implements RawInflater {
  readonly #stream: pako.ZStream = new pako.ZStream()
  #ended = false

  constructor() {
    pako.zlibInflateInit2(this.#stream, RAW_WINDOW_BITS)
    this.#stream.avail_out = 0
  }

  run(chunk: Uint8Array, maxBytes: number): InflateStep {
    const stream = this.#stream
    const plain: Uint8Array[] = []
    let room = maxBytes
    feed(stream, chunk)
    do {
      if (stream.avail_out === 0) refill(stream, Math.min(OUTPUT_BYTES, Math.max(room, 1)))
      const start = stream.next_out
      const status = pako.zlibInflate(stream, pako.Z_NO_FLUSH)
      room -= stream.next_out - start
      if (room < 0) throw plainLimitError(maxBytes)
      if (stream.next_out > start) plain.push(stream.output.subarray(start, stream.next_out))
      if (status === pako.Z_STREAM_END) this.#ended = true
      else if (status !== pako.Z_OK && status !== pako.Z_BUF_ERROR) throw brokenDeflateError(stream.msg)
    } while (!this.#ended && stream.avail_out === 0)
    return { plain, usedBytes: chunk.length - stream.avail_in, ended: this.#ended }
  }

  async push(chunk: Uint8Array): Promise<InflateStep> {
    return this.run(chunk, Number.POSITIVE_INFINITY)
  }

  async finish(): Promise<boolean> {
    return this.#ended
  }

  close(): void {}
}
