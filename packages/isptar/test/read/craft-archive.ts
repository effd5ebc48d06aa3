/** Archives put together by hand: any listing, any service info, any trailer, also such as no writer makes. */
import { concatBytes } from '../../src/bytes/concat.ts'
import { encodeAscii, encodeText } from '../../src/bytes/text.ts'
import { encodeMember } from '../../src/gzip/encode-member.ts'
import { MemberEncoder } from '../../src/gzip/member-encoder.ts'
import { codec } from '../../src/node/zlib-codec.ts'
import { encodeIndex, type IndexBlock } from '../../src/tail/index-section.ts'

/** What to put together; what is not given is as it should be. */
export interface Craft {
  /** What stands before the tail. */
  readonly before?: Uint8Array
  /** The listing's plaintext. */
  readonly listing?: string | Uint8Array
  /** The listing member, and what is counted as such. */
  readonly listingMember?: Uint8Array
  /** Keys set, or with undefined left out, in the service info. */
  readonly info?: Readonly<Record<string, string | undefined>>
  /** The service info's plaintext. */
  readonly serviceInfo?: Uint8Array
  /** The trailer's plaintext, given the length of the service info member. */
  readonly trailer?: (serviceBytes: number) => string | Uint8Array
}

/** Wraps plaintext as a gzip member. */
export function member(plain: string | Uint8Array): Uint8Array {
  return encodeMember(codec, typeof plain === 'string' ? encodeAscii(plain) : plain, 9)
}

/** Puts an archive together. */
export function craftArchive(craft: Craft): Uint8Array {
  const listing = craft.listingMember ?? member(craft.listing ?? '\n')
  const info = { listing_header: '512', listing_size: String(listing.length), ...craft.info }
  const lines = Object.entries(info).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}\n`]))
  const service = member(craft.serviceInfo ?? `${lines.join('')}header_size=`)
  const digits = craft.trailer?.(service.length) ?? String(service.length)
  const plain = typeof digits === 'string' ? concatBytes([encodeAscii(digits), new Uint8Array(1500)]) : digits
  return concatBytes([craft.before ?? new Uint8Array(0), listing, service, member(plain)])
}

/** One listing line of a file. */
export function fileLine(
  path: string,
  sizeBytes: number | string,
  word: string,
  columns: readonly string[] = [],
): string {
  return [path, 'root#0', 'root#0', '420', 'file', '1600000000', String(sizeBytes), word, ...columns].join('\t')
}

/** An archive of pipes, the paths of each block of its listing given, with an index and lines that may be changed. */
export async function craftIndexed(
  paths: readonly (readonly string[])[],
  change: (block: IndexBlock, k: number) => IndexBlock = (block) => block,
  lineOf: (path: string, line: number) => string = (path) => `${path}\t#0\t#0\t420\tfifo\n`,
): Promise<Uint8Array> {
  const encoder = new MemberEncoder(codec, 6)
  const packed: Uint8Array[] = [encoder.start()]
  const blocks: IndexBlock[] = []
  let entriesBefore = 0
  for (const [k, block] of paths.entries()) {
    const lines = block.map((path, i) => lineOf(path, entriesBefore + i))
    const text = encodeText(lines.join('') + (k === paths.length - 1 ? '\n' : ''))
    const { plainBytes: plainOffset, packedBytes: packedOffset } = encoder
    const firstPath = encodeText(block[0] ?? '')
    blocks.push({ entriesBefore, plainOffset, packedOffset, crc32: codec.crc32(text), firstPath })
    packed.push(...(k === paths.length - 1 ? encoder.finish(text) : [encoder.piece(text)]))
    entriesBefore += block.length
  }
  const index = member(encodeIndex(blocks.map(change)))
  const info = { sections: 'index', index_size: String(index.length), listing_real_size: String(encoder.plainBytes) }
  return craftArchive({ listingMember: concatBytes([...packed, index]), info: { format: '2', order: 'path', ...info } })
}

/** An archive of files named by the keys, one member each, whose lines may be changed before they are written. */
export function craftFiles(
  files: Readonly<Record<string, string>>,
  change: (line: string, path: string) => string = (line) => line,
  craft: Craft = {},
): Uint8Array {
  const parts: Uint8Array[] = []
  const lines: string[] = []
  let offset = 0
  for (const [path, content] of Object.entries(files)) {
    const packed = member(content.padEnd(Math.ceil(content.length / 512) * 512, '\0'))
    lines.push(change(fileLine(path, content.length, `0:1:${offset}:0`, [`csize=${packed.length}`]), path))
    parts.push(packed)
    offset += packed.length
  }
  return craftArchive({ before: concatBytes(parts), listing: `${lines.join('\n')}\n\n`, ...craft })
}
