/**
 * The index section (SPEC 6.2): where each block of the listing begins, so that one path among millions is found by
 * reading one block. A line a block: entries before it, plain offset, packed offset, CRC-32, first path.
 */
import { concatBytes } from '../bytes/concat.ts'
import { decodeLatin1, encodeAscii } from '../bytes/text.ts'
import { FormatError } from '../errors.ts'
import { escapeField, unescapeField } from './escape.ts'
import { parseNumber } from './number-text.ts'

/** One block of the listing: whole lines, and a deflate stream that begins anew. */
export interface IndexBlock {
  /** Lines before it. */
  readonly entriesBefore: number
  /** Where it begins in the listing's plaintext. */
  readonly plainOffset: number
  /** Where its raw deflate begins in the listing member. */
  readonly packedOffset: number
  /** CRC-32 of its plaintext. */
  readonly crc32: number
  /** Path of its first line. */
  readonly firstPath: Uint8Array
}

const TAB = 0x09
const LF = 0x0a
const FIELDS = 5

/** Encodes the section's plaintext. */
export function encodeIndex(blocks: readonly IndexBlock[]): Uint8Array {
  return concatBytes(
    blocks.flatMap(({ entriesBefore, plainOffset, packedOffset, crc32, firstPath }) => [
      encodeAscii(`${entriesBefore}\t${plainOffset}\t${packedOffset}\t${crc32.toString(16).padStart(8, '0')}\t`),
      escapeField(firstPath),
      Uint8Array.of(LF),
    ]),
  )
}

/**
 * Decodes the section's plaintext.
 *
 * @returns undefined for an index of another form: the listing is then read without it
 * @throws FormatError when blocks do not follow each other
 */
export function decodeIndex(plain: Uint8Array): readonly IndexBlock[] | undefined {
  const blocks: IndexBlock[] = []
  for (let from = 0; from < plain.length; ) {
    const lf = plain.indexOf(LF, from)
    const end = lf < 0 ? plain.length : lf
    const block = decodeBlock(plain.subarray(from, end))
    if (block === undefined) return undefined
    checkFollows(block, blocks.at(-1))
    blocks.push(block)
    from = end + 1
  }
  return blocks
}

function decodeBlock(line: Uint8Array): IndexBlock | undefined {
  const fields: Uint8Array[] = []
  for (let from = 0; fields.length < FIELDS; ) {
    const tab = line.indexOf(TAB, from)
    fields.push(line.subarray(from, tab < 0 ? line.length : tab))
    if (tab < 0) break
    from = tab + 1
  }
  const [entries, plain, packed, crc, path] = fields
  if (!entries || !plain || !packed || !crc || !path || !/^[0-9a-f]{8}$/.test(decodeLatin1(crc))) return undefined
  return {
    entriesBefore: parseNumber(decodeLatin1(entries), 'a count in the index'),
    plainOffset: parseNumber(decodeLatin1(plain), 'a plain offset in the index'),
    packedOffset: parseNumber(decodeLatin1(packed), 'a packed offset in the index'),
    crc32: Number.parseInt(decodeLatin1(crc), 16),
    firstPath: unescapeField(path),
  }
}

function checkFollows(block: IndexBlock, before: IndexBlock | undefined): void {
  const follows =
    before === undefined
      ? block.entriesBefore === 0 && block.plainOffset === 0
      : block.entriesBefore > before.entriesBefore &&
        block.plainOffset > before.plainOffset &&
        block.packedOffset > before.packedOffset
  if (!follows)
    throw new FormatError(`the index has a block at ${block.plainOffset} that does not follow the one before it`)
}
