/**
 * Reads the tar headers that stand between two data members, in order and one at a time, so that `verify` can hold the
 * listing against what a plain tar would see (SPEC 1.1). Memory: one header member.
 */
import { FormatError, isIsptarError } from '../errors.ts'
import { decodeMember } from '../gzip/decode-member.ts'
import { KiB, MiB } from '../limits.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import { TarHeaderDecoder } from '../tar/tar-header-decoder.ts'
import type { DataContext } from './locate-data.ts'

const BLOCK = 512
const FIRST_WINDOW_BYTES = 4 * KiB
/** A header member holds 64 KiB of headers and one more entry's, a megabyte of names at most. */
const MAX_PLAIN_BYTES = 4 * MiB

/** A run of header members. */
export class TarHeaders {
  readonly #context: DataContext
  readonly #signal: AbortSignal | undefined
  readonly #decoder = new TarHeaderDecoder()
  #offset: number
  #plain: Uint8Array = new Uint8Array(0)
  #peeked: TarHeader | undefined

  /** @param offset - where the first header member begins, in bytes from the start of the archive */
  constructor(context: DataContext, offset: number, signal: AbortSignal | undefined) {
    this.#context = context
    this.#offset = offset
    this.#signal = signal
  }

  /** Where the member after those read so far begins. */
  get offset(): number {
    return this.#offset
  }

  /** Whether every header of the members read so far was given. */
  get drained(): boolean {
    return this.#plain.length === 0 && this.#peeked === undefined
  }

  /** Gives the next header, which stays the next one. */
  async peek(): Promise<TarHeader> {
    this.#peeked ??= await this.next()
    return this.#peeked
  }

  /**
   * Gives the next header.
   *
   * @throws FormatError, IntegrityError when there is none or it is broken
   */
  async next(): Promise<TarHeader> {
    const peeked = this.#peeked
    this.#peeked = undefined
    if (peeked) return peeked
    while (true) {
      if (this.#plain.length < BLOCK) await this.#nextMember()
      const record = this.#decoder.push(this.#plain.subarray(0, BLOCK))
      this.#plain = this.#plain.subarray(BLOCK)
      if (record === undefined) continue
      if (record.kind === 'entry') return record.header
      throw new FormatError(
        `tar headers before ${this.#offset}: expected an entry, found ${JSON.stringify(record.kind)}`,
      )
    }
  }

  async #nextMember(): Promise<void> {
    if (this.#plain.length > 0)
      throw new FormatError(`the header member before ${this.#offset} ends inside a tar block`)
    const room = this.#context.dataEnd - this.#offset
    for (let window = FIRST_WINDOW_BYTES; ; window *= 8) {
      const lengthBytes = Math.min(window, room)
      const packed = await this.#context.bytes.read(this.#offset, lengthBytes, { signal: this.#signal })
      try {
        const member = decodeMember(this.#context.codec, packed, { maxBytes: MAX_PLAIN_BYTES })
        this.#plain = member.plain
        this.#offset += member.packedBytes
        return
      } catch (error) {
        // What the window cut off looks damaged: only with all there is, or all there can be, is it.
        if (!isIsptarError(error, 'integrity') || lengthBytes === room || window > MAX_PLAIN_BYTES) throw error
      }
    }
  }
}
