/**
 * Holds the index, and each block that is read through it, to what lookups rely on (SPEC 6.2): blocks that follow each
 * other inside the listing, lines in order between the first path of their block and that of the next.
 */
import { comparePaths, decodeText, equalBytes } from '../bytes/text.ts'
import { FormatError, IntegrityError } from '../errors.ts'
import { MEMBER_TRAILER_BYTES } from '../gzip/member-trailer.ts'
import type { IndexBlock } from '../tail/index-section.ts'
import { isDotted, pathOfLine } from './line-match.ts'

/** How long the listing is, in bytes. */
export interface ListingLength {
  readonly packedBytes: number
  readonly plainBytes: number
}

/** @throws FormatError when first paths are out of order, or the last block begins behind the listing */
export function checkBlocks(blocks: readonly IndexBlock[], { packedBytes, plainBytes }: ListingLength): void {
  let before: Uint8Array | undefined
  for (const { firstPath } of blocks) {
    if (isDotted(firstPath) || (before && comparePaths(before, firstPath) >= 0))
      throw new FormatError(`the index has ${JSON.stringify(decodeText(firstPath))} out of order`)
    before = firstPath
  }
  const last = blocks.at(-1)
  if (last && (last.packedOffset >= packedBytes - MEMBER_TRAILER_BYTES || last.plainOffset >= plainBytes))
    throw new FormatError(`the index leads to ${last.packedOffset}, the listing has ${packedBytes} bytes`)
}

/**
 * @param lines - of a block that is followed by others only if `next` is given
 * @throws IntegrityError when they are others than the index says, or out of order
 */
export function checkBlock(lines: readonly Uint8Array[], block: IndexBlock, next: IndexBlock | undefined): void {
  if (next && lines.length !== next.entriesBefore - block.entriesBefore)
    throw new IntegrityError(`the index says ${next.entriesBefore} lines before a block, there are others`)
  let before: Uint8Array | undefined
  for (const line of lines) {
    const path = pathOfLine(line)
    const follows = before ? comparePaths(before, path) < 0 : equalBytes(path, block.firstPath)
    if (!follows || isDotted(path)) throw outOfOrder(path)
    before = path
  }
  if (before && next && comparePaths(before, next.firstPath) >= 0) throw outOfOrder(before)
}

function outOfOrder(path: Uint8Array): IntegrityError {
  return new IntegrityError(
    `the line of ${JSON.stringify(decodeText(path))} is out of order: lookups by the index would miss entries`,
  )
}
