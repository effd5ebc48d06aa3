/**
 * Reads tar headers block by block: verifies each checksum, gathers GNU `L`/`K` and pax records within a bound, and gives
 * each entry's header with them applied. It holds one entry's records and never more than {@link MAX_META_BYTES} of them.
 */
import { decodeLatin1 } from '../bytes/text.ts'
import { FormatError, LimitError } from '../errors.ts'
import { MAX_META_BYTES } from '../limits.ts'
import { decodeEntry, type EntryMeta } from './decode-entry.ts'
import { decodeCount } from './numbers.ts'
import { decodePax } from './pax.ts'
import { XATTR_PREFIX } from './pax-values.ts'
import { BLOCK_BYTES, checksums, FIELDS, fieldBytes, typeFlagOf } from './tar-block.ts'
import type { OtherRecord, TarRecord } from './tar-record.ts'

/** What a pax global header may set for all entries after it; other keys that name no single entry are read over. */
const GLOBAL_KEYS: ReadonlySet<string> = new Set(['mtime', 'uid', 'gid', 'uname', 'gname'])

const GLOBAL_REFUSED = /^(?:path|linkpath|size|GNU\.sparse\..*)$/s

/** Longest value of a global record: it is decoded again for every entry. */
const MAX_GLOBAL_BYTES = 1024

/** Where an old GNU sparse header, and each block that continues its map, says that another follows. */
const SPARSE_MORE = { header: 482, continuation: 504 }

/** A record whose content is being gathered. */
interface PendingContent {
  readonly typeFlag: string
  readonly content: Uint8Array
  filledBytes: number
}

/**
 * Decodes a run of tar header blocks. The caller takes the data: after a record with `dataBytes` it skips that many
 * bytes, rounded up to 512, and pushes the block that follows.
 */
export class TarHeaderDecoder {
  #meta: EntryMeta = { pax: new Map(), globals: new Map() }
  #metaBytes = 0
  #awaitsEntry = false
  #content: PendingContent | undefined
  #sparse: OtherRecord | undefined

  /**
   * Takes the next block; it may be reused afterwards.
   *
   * @param block - 512 bytes
   * @returns what the block completes, undefined when more blocks are needed
   * @throws FormatError when the block is no header or a field cannot be read, LimitError when an entry has more than
   *   {@link MAX_META_BYTES} of names and attributes; the decoder is of no use afterwards
   */
  push(block: Uint8Array): TarRecord | undefined {
    if (block.length !== BLOCK_BYTES) throw new RangeError(`a tar block has ${BLOCK_BYTES} bytes, not ${block.length}`)
    if (this.#content !== undefined) return this.#gather(this.#content, block)
    if (this.#sparse !== undefined) return this.#continueSparse(this.#sparse, block[SPARSE_MORE.continuation])
    if (block.every((byte) => byte === 0)) {
      this.finish()
      return { kind: 'end' }
    }
    verifyChecksum(block)
    const typeFlag = typeFlagOf(block)
    return 'LKxXg'.includes(typeFlag) ? this.#begin(typeFlag, block) : this.#complete(block)
  }

  /**
   * Checks that the run ended between entries.
   *
   * @throws FormatError when it ended inside a header
   */
  finish(): void {
    if (this.#awaitsEntry || this.#content !== undefined || this.#sparse !== undefined) {
      throw new FormatError('the tar headers end inside one: a long name or pax record without its entry')
    }
  }

  #begin(typeFlag: string, block: Uint8Array): undefined {
    const size = decodeCount(fieldBytes(block, FIELDS.size), `the size of a "${typeFlag}" record`)
    this.#metaBytes += size
    checkLimit('MAX_META_BYTES', MAX_META_BYTES, this.#metaBytes, 'names and attributes before one tar entry')
    if (typeFlag !== 'g') this.#awaitsEntry = true
    const pending = { typeFlag, content: new Uint8Array(size), filledBytes: 0 }
    if (size === 0) this.#apply(pending)
    else this.#content = pending
    return undefined
  }

  #gather(pending: PendingContent, block: Uint8Array): undefined {
    const take = Math.min(BLOCK_BYTES, pending.content.length - pending.filledBytes)
    pending.content.set(block.subarray(0, take), pending.filledBytes)
    pending.filledBytes += take
    if (pending.filledBytes < pending.content.length) return
    this.#content = undefined
    this.#apply(pending)
  }

  /** Of two records of one kind the later counts. */
  #apply({ typeFlag, content }: PendingContent): void {
    if (typeFlag === 'L') this.#meta.longName = upToNul(content)
    else if (typeFlag === 'K') this.#meta.longLink = upToNul(content)
    else if (typeFlag === 'g') this.#applyGlobal(decodePax(content))
    else this.#meta.pax = decodePax(content)
  }

  #applyGlobal(records: ReadonlyMap<string, Uint8Array>): void {
    const globals = new Map(this.#meta.globals)
    for (const [key, value] of records) {
      if (GLOBAL_REFUSED.test(key) || key.startsWith(XATTR_PREFIX)) {
        throw new FormatError(`a pax global header sets ${JSON.stringify(key)}, which cannot hold for every entry`)
      }
      if (!GLOBAL_KEYS.has(key)) continue
      checkLimit('MAX_GLOBAL_BYTES', MAX_GLOBAL_BYTES, value.length, `the pax global record ${JSON.stringify(key)}`)
      globals.set(key, value.slice())
    }
    this.#meta.globals = globals
  }

  #complete(block: Uint8Array): TarRecord | undefined {
    const record = decodeEntry(block, this.#meta)
    this.#meta = { pax: new Map(), globals: this.#meta.globals }
    this.#metaBytes = 0
    this.#awaitsEntry = false
    const isOldSparse = record.kind === 'other' && typeFlagOf(block) === 'S'
    return isOldSparse ? this.#continueSparse(record, block[SPARSE_MORE.header]) : record
  }

  /** The map of an old GNU sparse file goes on in blocks between header and data; only their end is looked for. */
  #continueSparse(record: OtherRecord, more: number | undefined): TarRecord | undefined {
    this.#sparse = more === 0 ? undefined : record
    return more === 0 ? record : undefined
  }
}

function checkLimit(limit: string, max: number, actual: number, what: string): void {
  if (actual > max) throw new LimitError(`${what}: ${actual} bytes, at most ${max} are read`, { limit, max, actual })
}

function verifyChecksum(block: Uint8Array): void {
  const stored = decodeCount(fieldBytes(block, FIELDS.checksum), 'the checksum')
  const { unsigned, signed } = checksums(block)
  if (stored === unsigned || stored === signed) return
  const name = JSON.stringify(decodeLatin1(upToNul(fieldBytes(block, FIELDS.name))))
  throw new FormatError(`this is no tar header: block ${name} has checksum ${stored}, its bytes sum to ${unsigned}`)
}

function upToNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}
