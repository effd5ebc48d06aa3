/**
 * The header of a gzip member (RFC 1952 section 2.3; SPEC 1.1). Ours is always the ten fixed bytes. Decoding takes every
 * optional field, across any chunk boundary and within a bound, because other programs' members carry them.
 */
import { crc32 } from '../bytes/crc32.ts'
import { FormatError, IntegrityError, LimitError } from '../errors.ts'
import { MAX_GZIP_HEADER_BYTES } from '../limits.ts'
import type { Level } from './codec.ts'

/** Length of a header without optional fields; the raw deflate of our members begins here. */
export const MEMBER_HEADER_BYTES = 10

const METHOD_DEFLATE = 8
const OS_UNIX = 3
const FLAG_HEADER_CRC = 2
const FLAG_EXTRA = 4
const FLAG_NAME = 8
const FLAG_COMMENT = 16
const RESERVED_FLAGS = 0xe0

/**
 * Makes the ten header bytes: no time, no optional fields, so that equal input gives equal archives.
 *
 * @param level - told to readers as "slowest" or "fastest", the two values there are
 */
export function encodeMemberHeader(level: Level): Uint8Array {
  return (level >= 6 ? SLOWEST : FASTEST).slice()
}

const SLOWEST: Uint8Array = Uint8Array.of(0x1f, 0x8b, METHOD_DEFLATE, 0, 0, 0, 0, 0, 2, OS_UNIX)
const FASTEST: Uint8Array = Uint8Array.of(0x1f, 0x8b, METHOD_DEFLATE, 0, 0, 0, 0, 0, 4, OS_UNIX)

/** Finds the end of a member header that comes in chunks, checking it on the way. */
export class MemberHeaderDecoder {
  readonly #bytes: number[] = []
  readonly #fields: Iterator<undefined, void, number> = this.#readFields()

  constructor() {
    this.#fields.next(0)
  }

  /**
   * Takes the next chunk; what follows the header in it is left alone.
   *
   * @throws FormatError when it is no gzip header; IntegrityError when its CRC is wrong; LimitError when it is too long
   */
  push(chunk: Uint8Array): { usedBytes: number; ended: boolean } {
    let usedBytes = 0
    for (const byte of chunk) {
      usedBytes += 1
      this.#bytes.push(byte)
      if (this.#fields.next(byte).done) return { usedBytes, ended: true }
      if (this.#bytes.length >= MAX_GZIP_HEADER_BYTES) throw headerLimitError()
    }
    return { usedBytes, ended: false }
  }

  /** Reads field by field; each `yield` waits for one byte. */
  *#readFields(): Generator<undefined, void, number> {
    expectByte('first byte', 0x1f, yield)
    expectByte('second byte', 0x8b, yield)
    expectByte('compression method', METHOD_DEFLATE, yield)
    const flags = yield
    if (flags & RESERVED_FLAGS) throw new FormatError(`gzip header with reserved flags 0x${flags.toString(16)}`)
    for (let i = 4; i < MEMBER_HEADER_BYTES; i += 1) yield
    if (flags & FLAG_EXTRA) {
      const extraBytes = (yield) | ((yield) << 8)
      for (let i = 0; i < extraBytes; i += 1) yield
    }
    if (flags & FLAG_NAME) while ((yield) !== 0);
    if (flags & FLAG_COMMENT) while ((yield) !== 0);
    if (flags & FLAG_HEADER_CRC) {
      const actual = crc32(Uint8Array.from(this.#bytes)) & 0xffff
      const expected = (yield) | ((yield) << 8)
      if (actual !== expected) throw headerCrcError(expected, actual)
    }
  }
}

function expectByte(what: string, expected: number, actual: number): void {
  if (actual === expected) return
  throw new FormatError(`no gzip member: ${what} is 0x${actual.toString(16)}, expected 0x${expected.toString(16)}`)
}

function headerCrcError(expected: number, actual: number): IntegrityError {
  return new IntegrityError(`gzip header CRC: recorded ${expected}, found ${actual}; the data is damaged`, {
    expected,
    actual,
  })
}

function headerLimitError(): LimitError {
  return new LimitError(`gzip header longer than ${MAX_GZIP_HEADER_BYTES} bytes`, {
    limit: 'MAX_GZIP_HEADER_BYTES',
    max: MAX_GZIP_HEADER_BYTES,
    actual: MAX_GZIP_HEADER_BYTES + 1,
  })
}
