/**
 * The codec over `node:zlib`. Streams run in Node's thread pool; a push resolves when zlib has taken the whole chunk or
 * the stream has ended. Errors of a stream reject the call under way, or the next one, and never surface by themselves.
 */
import { constants as bufferConstants } from 'node:buffer'
import { constants, crc32, createInflateRaw, deflateRawSync, type InflateRaw, inflateRawSync } from 'node:zlib'
import type { Codec, DeflateEnd, Inflated, InflateStep, Level, RawInflater } from '../gzip/codec.ts'
import { brokenDeflateError, cutDeflateError, plainLimitError } from '../gzip/codec-errors.ts'
import { KiB, MiB } from '../limits.ts'
import { ZlibHandle, type ZlibRun } from './zlib-handle.ts'

const OUTPUT_BYTES: number = 64 * KiB

/** The codec of Node. */
export const codec: Codec = {
  name: 'zlib',
  deflateRaw,
  deflateInto,
  inflateRaw,
  createInflater: () => new ZlibInflater(),
  // Of no bytes Node gives 0, not the seed, when there is no memory behind them.
  crc32: (bytes, seed = 0) => (bytes.length === 0 ? seed : crc32(bytes, seed)),
}

/** What is larger is done by calls that hold no memory afterwards. */
const MAX_HANDLED_BYTES: number = 2 * MiB

/** By level and size: one that had no longer input before has nothing to clear. */
const deflaters = new Map<number, ZlibHandle>()
let inflater: ZlibHandle | undefined
let scratch = new Uint8Array(0)

function deflateRaw(plain: Uint8Array, level: Level, end: DeflateEnd = 'final'): Uint8Array {
  const flush = end === 'final' ? constants.Z_FINISH : constants.Z_FULL_FLUSH
  if (plain.length <= MAX_HANDLED_BYTES) {
    const room = deflateRoom(plain.length)
    const run = deflaterOf(level, plain.length)?.run(flush, plain, scratchOf(room), room)
    if (run && run.failure === undefined && run.madeBytes < room) return scratch.slice(0, run.madeBytes)
  }
  return plainView(deflateRawSync(plain, { level, finishFlush: flush, chunkSize: outputBytes(plain.length) }))
}

function deflateInto(plain: Uint8Array, level: Level, room: Uint8Array): number | undefined {
  const limit = deflateRoom(plain.length)
  if (plain.length > MAX_HANDLED_BYTES || room.length < limit) return undefined
  const run = deflaterOf(level, plain.length)?.run(constants.Z_FINISH, plain, room, limit)
  return run && run.failure === undefined && run.madeBytes < limit ? run.madeBytes : undefined
}

function deflaterOf(level: Level, plainBytes: number): ZlibHandle | undefined {
  // Powers of two from a tar block, which headers and most small files are, to zlib's window.
  const size = 32 - Math.clz32(Math.min(Math.max(plainBytes, 512), 64 * KiB) - 1)
  const key = level * 32 + size
  const handle = deflaters.get(key) ?? ZlibHandle.deflate(level)
  if (handle) deflaters.set(key, handle)
  return handle
}

/** More than zlib's own bound at any setting (deflate.c, deflateBound), and a flush. */
function deflateRoom(plainBytes: number): number {
  return plainBytes + (plainBytes >>> 5) + (plainBytes >>> 7) + (plainBytes >>> 11) + 64
}

/** Room for what is made, at least so much; it is copied out before the next call. */
function scratchOf(bytes: number): Uint8Array {
  if (scratch.length < bytes) scratch = new Uint8Array(Math.max(bytes, 2 * scratch.length, 64 * KiB))
  return scratch
}

function inflateRaw(packed: Uint8Array, maxBytes: number): Inflated {
  // One byte more than may come tells an end from a stream that goes on.
  if (packed.length > 0 && maxBytes < MAX_HANDLED_BYTES) {
    inflater ??= ZlibHandle.inflate()
    const run = inflater?.run(constants.Z_FINISH, packed, scratchOf(maxBytes + 1), maxBytes + 1)
    if (run) return takeInflated(run, maxBytes)
  }
  return inflateAnew(packed, maxBytes)
}

function takeInflated({ failure, madeBytes, usedBytes }: ZlibRun, maxBytes: number): Inflated {
  if (madeBytes > maxBytes) throw plainLimitError(maxBytes)
  if (failure?.code === 'Z_BUF_ERROR') throw cutDeflateError()
  if (failure !== undefined) throw brokenDeflateError(failure.message)
  return { plain: scratch.slice(0, madeBytes), packedBytes: usedBytes }
}

function inflateAnew(packed: Uint8Array, maxBytes: number): Inflated {
  let result: unknown
  try {
    result = inflateRawSync(packed, {
      info: true,
      chunkSize: inflatedRoom(packed.length, maxBytes),
      maxOutputLength: Math.min(Math.max(maxBytes, 1), bufferConstants.MAX_LENGTH),
    })
  } catch (error) {
    throw hasCode(error, 'ERR_BUFFER_TOO_LARGE') ? plainLimitError(maxBytes) : inflateError(error)
  }
  if (!isWithEngine(result)) throw new TypeError('node:zlib does not tell how much input it used')
  if (result.buffer.length > maxBytes) throw plainLimitError(maxBytes)
  return { plain: plainView(result.buffer), packedBytes: result.engine.bytesWritten }
}

/** Room for the whole output at once where it is likely to come: text rarely unfolds to more than eight times. */
function inflatedRoom(packedBytes: number, maxBytes: number): number {
  return Math.max(outputBytes(maxBytes), Math.min(8 * packedBytes, maxBytes + KiB))
}

/** Room for the whole output at once where it is small: one buffer, no copy. */
function outputBytes(expectedBytes: number): number {
  return Math.min(OUTPUT_BYTES, expectedBytes + KiB)
}

/** The `info` option makes zlib give its engine too; Node's types do not say so. */
function isWithEngine(value: unknown): value is { buffer: Uint8Array; engine: { bytesWritten: number } } {
  if (typeof value !== 'object' || value === null || !('buffer' in value) || !('engine' in value)) return false
  const { buffer, engine } = value
  return buffer instanceof Uint8Array && typeof engine === 'object' && engine !== null && 'bytesWritten' in engine
}

/** A plain Uint8Array over a Buffer's bytes: callers get the same type from both codecs. */
function plainView(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Translates what zlib throws about its input; anything else is passed on. */
function inflateError(error: unknown): unknown {
  if (hasCode(error, 'Z_BUF_ERROR')) return cutDeflateError()
  if (hasCode(error, 'Z_DATA_ERROR') && error instanceof Error) return brokenDeflateError(error.message, error)
  return error
}

/** One call at a time over a zlib stream: gathers what comes out until the call is done. */
class ZlibPipe {
  readonly stream: InflateRaw
  #output: Uint8Array[] = []
  #failure: Error | undefined
  #reject: (error: unknown) => void = () => {}
  #resolve: () => void = () => {}

  constructor(stream: InflateRaw) {
    this.stream = stream
    stream.on('data', (chunk: Uint8Array) => this.#output.push(plainView(chunk)))
    stream.on('end', () => this.#resolve())
    stream.on('error', (error: Error) => {
      this.#failure = error
      this.#reject(error)
    })
  }

  /** Starts a call; it is over when `start` calls back, and at the latest when the stream ends or fails. */
  async call(start: (done: () => void) => void): Promise<Uint8Array[]> {
    if (this.#failure !== undefined) throw this.#failure
    await new Promise<void>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      start(resolve)
    })
    const output = this.#output
    this.#output = []
    return output
  }

  close(): void {
    this.#failure ??= new TypeError('the codec stream is closed')
    this.#reject(this.#failure)
    this.stream.destroy()
  }
}

class ZlibInflater implements RawInflater {
  readonly #pipe: ZlibPipe = new ZlibPipe(createInflateRaw({ chunkSize: OUTPUT_BYTES }))
  #ended = false

  async push(chunk: Uint8Array): Promise<InflateStep> {
    if (this.#ended) return { plain: [], usedBytes: 0, ended: true }
    const stream = this.#pipe.stream
    const before = stream.bytesWritten
    try {
      const plain = await this.#pipe.call((done) => stream.write(chunk, done))
      const usedBytes = stream.bytesWritten - before
      this.#ended = usedBytes < chunk.length
      return { plain, usedBytes, ended: this.#ended }
    } catch (error) {
      throw inflateError(error)
    }
  }

  async finish(): Promise<boolean> {
    if (this.#ended) return true
    try {
      await this.#pipe.call(() => this.#pipe.stream.end())
      return true
    } catch (error) {
      if (hasCode(error, 'Z_BUF_ERROR')) return false
      throw inflateError(error)
    }
  }

  close(): void {
    this.#pipe.close()
  }
}
