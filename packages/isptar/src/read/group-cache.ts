/**
 * Unfolds groups (SPEC 1.1), whole, and keeps the last one: its files are asked for one after the other. What cannot be
 * unfolded is remembered as well, so that a damaged group of many files costs no more than a sound one.
 */
import { FormatError, IntegrityError, isIsptarError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import { decodeWindow } from '../gzip/decode-window.ts'
import { getUint32 } from '../gzip/member-trailer.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { SharedWork } from '../io/shared-work.ts'
import { MAX_GROUP_BYTES } from '../limits.ts'

/** Where a group lies. */
export interface GroupSpan {
  /** Its first byte, from the start of the archive. */
  readonly offset: number
  /** Its length, gzip header and trailer included. */
  readonly packedBytes: number
}

/** A group, unfolded and right by its own CRC-32. Both are shared: whoever changes them, or gives them away, copies. */
export interface Group {
  readonly packed: Uint8Array
  readonly plain: Uint8Array
}

/** What unfolding takes. */
export interface GroupSource {
  readonly bytes: ByteSource
  readonly codec: Codec
}

/** Deflate, no flags: the raw deflate begins after ten bytes, where the offset word leads. */
const HEADER_BEGIN: readonly number[] = [0x1f, 0x8b, 8, 0]
/** The end of a member: the length of its plaintext. */
const LENGTH_BYTES = 4

/** The groups of one archive; holds one of them, packed and plain, of little more than 4 MiB each. */
export class GroupCache {
  #span: GroupSpan | undefined
  #work: SharedWork<Group | FormatError | IntegrityError> | undefined

  /**
   * Gives a group. Costs a read of it, unless it is the last that was asked for; readers at a time share one read.
   *
   * @throws FormatError, IntegrityError for what is no group, or another; StorageError
   */
  async read(source: GroupSource, span: GroupSpan, options: ReadOptions): Promise<Group> {
    const group = await this.#get(source, span, options)
    if (group instanceof Error) throw group
    return group
  }

  /** Gives a group; undefined where {@link read} says that it is damaged, or none. */
  async tryRead(source: GroupSource, span: GroupSpan, options: ReadOptions): Promise<Group | undefined> {
    const group = await this.#get(source, span, options)
    return group instanceof Error ? undefined : group
  }

  #get(source: GroupSource, span: GroupSpan, { signal }: ReadOptions): Promise<Group | FormatError | IntegrityError> {
    const isKept = this.#span?.offset === span.offset && this.#span.packedBytes === span.packedBytes
    const kept = isKept ? this.#work : undefined
    const work = kept ?? new SharedWork((ended) => tryUnfold(source, span, { signal: ended }))
    this.#span = { offset: span.offset, packedBytes: span.packedBytes }
    this.#work = work
    return work.get(signal)
  }

  /** Takes a member that was unfolded already and may be a group. Its packed bytes are copied. */
  keep(span: GroupSpan, { packed, plain }: Group): void {
    if (!beginsGroup(packed)) return
    // What was read of the archive to find where it ends is not held with it.
    const group = { packed: new Uint8Array(packed), plain }
    this.#span = span
    this.#work = new SharedWork(async () => group)
  }
}

async function tryUnfold(
  source: GroupSource,
  span: GroupSpan,
  options: ReadOptions,
): Promise<Group | FormatError | IntegrityError> {
  const packed = await source.bytes.read(span.offset, span.packedBytes, options)
  try {
    return { packed, plain: await unfold(packed, source.codec, span) }
  } catch (error) {
    if (error instanceof FormatError || error instanceof IntegrityError) return error
    throw error
  }
}

/** The trailer says how long the plaintext is: what unfolds to another length is damaged, and costs no more memory. */
async function unfold(packed: Uint8Array, codec: Codec, { offset }: GroupSpan): Promise<Uint8Array> {
  if (!beginsGroup(packed))
    throw new FormatError(`no group at ${offset}: it begins with no gzip header of ten bytes`, { offset })
  const maxBytes = getUint32(packed, packed.length - LENGTH_BYTES)
  if (maxBytes > MAX_GROUP_BYTES)
    throw new IntegrityError(
      `the group at ${offset} has ${maxBytes} bytes by its trailer, expected ${MAX_GROUP_BYTES} at most`,
      { expected: MAX_GROUP_BYTES, actual: maxBytes },
    )
  try {
    const member = await decodeWindow(codec, packed, maxBytes)
    if (member.packedBytes !== packed.length)
      throw new IntegrityError(
        `the group at ${offset} is ${member.packedBytes} bytes long, the listing says ${packed.length}`,
        { expected: packed.length, actual: member.packedBytes },
      )
    return member.plain
  } catch (cause) {
    if (!isIsptarError(cause, 'limit')) throw cause
    throw new IntegrityError(
      `the group at ${offset} unfolds to more than the ${maxBytes} bytes that its trailer says`,
      { expected: maxBytes, cause },
    )
  }
}

function beginsGroup(packed: Uint8Array): boolean {
  return HEADER_BEGIN.every((byte, index) => packed[index] === byte)
}
