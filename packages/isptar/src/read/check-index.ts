/** Holds an index against the listing that it is of (SPEC 6.2): what is found through it must be what a pass finds. */
import { createSha256 } from '#sha256'
import { equalBytes } from '../bytes/text.ts'
import { IntegrityError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { pathOfLine } from './line-match.ts'
import type { ListingIndex } from './listing-index.ts'

const LF = 0x0a

/**
 * Reads every block through the index. Memory: one block.
 *
 * @param listingSha256 - of the listing's plaintext, hex
 * @throws IntegrityError, FormatError when it says of a block what that is not, or leads to other text
 */
export async function checkIndex(index: ListingIndex, listingSha256: string, options: ReadOptions): Promise<void> {
  const texts = await index.texts(options)
  if (texts === undefined) return
  const sha256 = createSha256()
  let lineCount = 0
  for await (const { block, text } of texts) {
    if (block.entriesBefore !== lineCount)
      throw new IntegrityError(`the index says ${block.entriesBefore} lines before a block, there are ${lineCount}`)
    if (!equalBytes(block.firstPath, pathOfLine(text)))
      throw new IntegrityError(`the index says another first path than that of the block at ${block.plainOffset}`)
    sha256.update(text)
    lineCount += countLines(text)
  }
  if (sha256.hex() !== listingSha256) throw new IntegrityError('the index leads to other text than the listing')
}

function countLines(text: Uint8Array): number {
  let count = 0
  for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) count += 1
  return count
}
