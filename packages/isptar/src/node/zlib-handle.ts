/**
 * zlib on one buffer after the other. `node:zlib` starts anew for each, which costs more than a small file; its streams keep a
 * handle that can be called synchronously and set back. That handle is no documented interface: it is tried out before it is
 * relied on, and whoever uses it can do without.
 */
import { constants, createDeflateRaw, createInflateRaw, inflateRawSync } from 'node:zlib'
import type { ZlibOptions } from 'node:zlib'
import type { Level } from '../gzip/codec.ts'
import { KiB } from '../limits.ts'

/** The part of the handle that is used. */
interface Handle {
  onerror: (message: string, errno: number, code: string) => void
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputBytes: number,
    output: Uint8Array,
    outputOffset: number,
    outputBytes: number,
  ): void
  reset(): void
}

interface Internals {
  readonly _handle: Handle
  /** What `writeSync` left: room in the output, and of the input. */
  readonly _writeState: Uint32Array
}

/** What one run did. */
export interface ZlibRun {
  /** How much of the input was taken. */
  readonly usedBytes: number
  /** How much of the output was filled. */
  readonly madeBytes: number
  /** zlib's code and message, if it found something wrong. */
  readonly failure: { readonly code: string; readonly message: string } | undefined
}

/** Streams to take handles from. */
export interface ZlibStreams {
  readonly deflate: (options: ZlibOptions) => object
  readonly inflate: () => object
}

/** Length of the window that zlib deflates in. */
const WINDOW_BYTES: number = 64 * KiB

/** So many bytes behind the end of its input zlib may look at. */
const BEHIND_BYTES = 8

const ZEROS = new Uint8Array(WINDOW_BYTES + BEHIND_BYTES)

/** One state of zlib that is used again and again. Every run begins from nothing. */
export class ZlibHandle {
  readonly #handle: Handle
  readonly #state: Uint32Array
  /** Length of the longest input that was deflated; below all others where nothing is. */
  #longest: number
  #failure: ZlibRun['failure']

  private constructor({ _handle, _writeState }: Internals, longest: number) {
    this.#handle = _handle
    this.#state = _writeState
    this.#longest = longest
    _handle.onerror = (message, _errno, code) => {
      this.#failure = { code, message }
    }
  }

  /** Makes one that deflates, where this Node allows. */
  static deflate(level: Level): ZlibHandle | undefined {
    return hasHandles() ? ZlibHandle.#of(createDeflateRaw({ level }), 0) : undefined
  }

  /** Makes one that inflates, where this Node allows. */
  static inflate(): ZlibHandle | undefined {
    return hasHandles() ? ZlibHandle.#of(createInflateRaw(), Number.NEGATIVE_INFINITY) : undefined
  }

  static #of(stream: object, longest: number): ZlibHandle | undefined {
    return isWithHandle(stream) ? new ZlibHandle(stream, longest) : undefined
  }

  /**
   * Whether handles do what they are taken for.
   *
   * @param streams - those that have them
   */
  static tryOut(streams: ZlibStreams): boolean {
    const plain = new Uint8Array(1000).map((_, i) => (i * i) & 0x1f)
    try {
      const deflate = ZlibHandle.#of(streams.deflate({ level: 6 }), 0)
      const inflate = ZlibHandle.#of(streams.inflate(), Number.NEGATIVE_INFINITY)
      return [0, 1].every(() => deflate !== undefined && inflate !== undefined && isRight(deflate, inflate, plain))
    } catch {
      return false
    }
  }

  /**
   * Runs over an input, all of it where there is room.
   *
   * @param flush - one of zlib's flush values
   * @param room - how much of the output may be filled. @defaultValue all
   */
  run(flush: number, input: Uint8Array, output: Uint8Array, room: number = output.length): ZlibRun {
    if (input.length < this.#longest && input.length < WINDOW_BYTES) this.#clearBehind(input.length, output)
    this.#longest = Math.max(this.#longest, input.length)
    return this.#run(flush, input, output, room)
  }

  /**
   * Puts zeros in the window just behind the end of an input, as a new state has them. What an earlier input left there
   * decides in Node's zlib, a few bytes before that end, which of two ways of saying the same is found; and what is made of
   * an input must not depend on what came before.
   */
  #clearBehind(inputBytes: number, output: Uint8Array): void {
    this.#run(constants.Z_NO_FLUSH, ZEROS.subarray(0, inputBytes + BEHIND_BYTES), output, output.length)
  }

  #run(flush: number, input: Uint8Array, output: Uint8Array, room: number): ZlibRun {
    this.#failure = undefined
    this.#handle.reset()
    this.#handle.writeSync(flush, input, 0, input.length, output, 0, room)
    const state = this.#state
    return {
      usedBytes: input.length - (state[1] ?? 0),
      madeBytes: room - (state[0] ?? 0),
      failure: this.#failure,
    }
  }
}

function isRight(deflate: ZlibHandle, inflate: ZlibHandle, plain: Uint8Array): boolean {
  const packed = new Uint8Array(2000)
  const { madeBytes } = deflate.run(constants.Z_FINISH, plain, packed)
  const output = new Uint8Array(plain.length + 1)
  const back = inflate.run(constants.Z_FINISH, packed, output)
  const cut = inflate.run(constants.Z_FINISH, packed.subarray(0, madeBytes - 1), output)
  return (
    Buffer.compare(inflateRawSync(packed.subarray(0, madeBytes)), plain) === 0 &&
    back.madeBytes === plain.length &&
    back.usedBytes === madeBytes &&
    back.failure === undefined &&
    Buffer.compare(output.subarray(0, plain.length), plain) === 0 &&
    cut.failure?.code === 'Z_BUF_ERROR'
  )
}

function isWithHandle(stream: object): stream is Internals {
  if (!('_handle' in stream) || !('_writeState' in stream)) return false
  const { _handle: handle, _writeState: state } = stream
  if (!(state instanceof Uint32Array) || typeof handle !== 'object' || handle === null) return false
  return 'writeSync' in handle && typeof handle.writeSync === 'function' && 'reset' in handle && 'onerror' in handle
}

let tried: boolean | undefined

function hasHandles(): boolean {
  tried ??= ZlibHandle.tryOut({ deflate: createDeflateRaw, inflate: createInflateRaw })
  return tried
}
