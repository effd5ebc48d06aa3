/**
 * The seek points of a large data member (SPEC 4): a full flush after every chunk of plaintext, so that a part of the
 * file is read from the chunks that hold it. Each chunk has its CRC-32, so that a part is checked as a whole file is.
 */
import { FormatError } from '../errors.ts'
import { parseNumber } from './number-text.ts'

/** Where inflating can begin inside a member. */
export interface SeekTable {
  /** Plain length of every chunk but the last; a multiple of 512. */
  readonly chunkBytes: number
  /** Packed length of each chunk; the first begins ten bytes into the member. */
  readonly packedBytes: readonly number[]
  /** CRC-32 of each chunk's plaintext; empty where the archive has none. */
  readonly crc32s: readonly number[]
}

/** More chunks than this are joined two by two: the line stays below what the original was seen to read. */
export const MAX_SEEK_CHUNKS = 2048

const BLOCK = 512
const CRC_DIGITS = 8

/** Gives the columns of a table. */
export function encodeSeekColumns(table: SeekTable): readonly (readonly [key: string, value: string])[] {
  const crcs = table.crc32s.map((crc) => crc.toString(16).padStart(CRC_DIGITS, '0'))
  return [
    ['seek', `${table.chunkBytes}:${table.packedBytes.join(',')}`],
    ['seekcrc', crcs.join('')],
  ]
}

/**
 * Reads the table of a file.
 *
 * @param columns - those of its line
 * @param sizeBytes - its listed size
 * @returns undefined when it has none
 * @throws FormatError when the columns are malformed or do not fit the size
 */
export function decodeSeekColumns(columns: ReadonlyMap<string, string>, sizeBytes: number): SeekTable | undefined {
  const seek = columns.get('seek')
  if (seek === undefined) return undefined
  const colon = seek.indexOf(':')
  const chunkBytes = parseNumber(seek.slice(0, Math.max(colon, 0)), 'the chunk size of seek')
  const packedBytes = seek
    .slice(colon + 1)
    .split(',')
    .map((text) => parseNumber(text, 'a length in seek'))
  const chunks = chunkBytes > 0 ? Math.ceil(sizeBytes / chunkBytes) : 0
  if (chunkBytes % BLOCK !== 0 || chunks !== packedBytes.length)
    throw new FormatError(
      `seek has ${packedBytes.length} chunks of ${chunkBytes} bytes, the size of ${sizeBytes} asks for ${chunks}`,
    )
  return { chunkBytes, packedBytes, crc32s: decodeCrcs(columns.get('seekcrc') ?? '', chunks) }
}

function decodeCrcs(text: string, chunks: number): number[] {
  if (text === '') return []
  if (text.length !== chunks * CRC_DIGITS || !/^[0-9a-f]*$/.test(text))
    throw new FormatError(`seekcrc has ${text.length} digits, expected ${CRC_DIGITS} lower-case hex digits a chunk`)
  return Array.from({ length: chunks }, (_, k) => Number.parseInt(text.slice(k * CRC_DIGITS, (k + 1) * CRC_DIGITS), 16))
}
