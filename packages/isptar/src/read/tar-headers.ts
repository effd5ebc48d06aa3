/**
 * Reads the tar headers that stand before the data of a file, in order and one at a time, so that `verify` can hold the
 * listing against what a plain tar would see (SPEC 1.1). Memory: one member, and the group that is kept.
 */
import { FormatError, isIsptarError } from '../errors.ts'
import { decodeMember } from '../gzip/decode-member.ts'
import { KiB, MAX_GROUP_BYTES } from '../limits.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import { TarHeaderDecoder } from '../tar/tar-header-decoder.ts'
import type { DataContext } from './locate-data.ts'

const BLOCK = 512
const FIRST_WINDOW_BYTES = 4 * KiB
/** A header member holds 64 KiB of headers and one more entry's, a megabyte of names at most; a group may be longer. */
const MAX_PLAIN_BYTES = MAX_GROUP_BYTES

/** Where to begin reading headers. */
export interface HeaderStart {
  /** Where a member begins, in bytes from the start of the archive. */
  readonly offset: number
  /** Set inside a group: its length, and where in its plaintext a header may begin. */
  readonly inGroup?: { readonly packedBytes: number; readonly plainOffset: number } | undefined
}

/** A run of headers: in header members, and between the data of groups. */
export class TarHeaders {
  readonly #context: DataContext
  readonly #signal: AbortSignal | undefined
  readonly #decoder = new TarHeaderDecoder()
  #start: HeaderStart | undefined
  #memberOffset: number
  #nextOffset: number
  #plain: Uint8Array = new Uint8Array(0)
  #plainOffset = 0
  #peeked: TarHeader | undefined

  constructor(context: DataContext, start: HeaderStart, signal: AbortSignal | undefined) {
    this.#context = context
    this.#start = start
    this.#memberOffset = start.offset
    this.#nextOffset = start.offset
    this.#signal = signal
  }

  /** Where the member begins that holds the header given last. */
  get memberOffset(): number {
    return this.#memberOffset
  }

  /** Where in the plaintext of that member the header ends. */
  get plainOffset(): number {
    return this.#plainOffset
  }

  /** Where the member after those read so far begins. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  /** Whether every header of the members read so far was given. */
  get drained(): boolean {
    return this.#plainOffset === this.#plain.length && this.#peeked === undefined
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
    await this.#enterGroup()
    while (true) {
      if (this.#plain.length - this.#plainOffset < BLOCK) await this.#nextMember()
      const record = this.#decoder.push(this.#plain.subarray(this.#plainOffset, this.#plainOffset + BLOCK))
      this.#plainOffset += BLOCK
      if (record === undefined) continue
      if (record.kind === 'entry') return record.header
      throw new FormatError(
        `tar headers before ${this.#nextOffset}: expected an entry, found ${JSON.stringify(record.kind)}`,
      )
    }
  }

  async #enterGroup(): Promise<void> {
    const { offset, inGroup } = this.#start ?? {}
    this.#start = undefined
    if (offset === undefined || inGroup === undefined) return
    const { packedBytes, plainOffset } = inGroup
    const { groups } = this.#context
    this.#plain = (await groups.read(this.#context, { offset, packedBytes }, { signal: this.#signal })).plain
    this.#plainOffset = plainOffset
    this.#nextOffset = offset + packedBytes
  }

  async #nextMember(): Promise<void> {
    if (!this.drained) throw new FormatError(`the header member before ${this.#nextOffset} ends inside a tar block`)
    const offset = this.#nextOffset
    const room = this.#context.dataEnd - offset
    for (let window = FIRST_WINDOW_BYTES; ; window *= 8) {
      const lengthBytes = Math.min(window, room)
      const packed = await this.#context.bytes.read(offset, lengthBytes, { signal: this.#signal })
      try {
        const { plain, packedBytes } = decodeMember(this.#context.codec, packed, { maxBytes: MAX_PLAIN_BYTES })
        this.#memberOffset = offset
        this.#nextOffset = offset + packedBytes
        this.#plain = plain
        this.#plainOffset = 0
        // It may be a group, whose data is checked next.
        this.#context.groups.keep({ offset, packedBytes }, { packed: packed.subarray(0, packedBytes), plain })
        return
      } catch (error) {
        // What the window cut off looks damaged: only with all there is, or all there can be, is it.
        if (!isIsptarError(error, 'integrity') || lengthBytes === room || window > MAX_PLAIN_BYTES) throw error
      }
    }
  }
}
