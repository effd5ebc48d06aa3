/**
 * The marks of a merged archive (SPEC 3.6): behind the entries of its Nth part stands a symlink `.partname.N`, whose target
 * is the part's name behind a dot. Tar programs see the links; the service info says how many parts there are.
 */
import { decodeText, encodeAscii, encodeText } from '../bytes/text.ts'
import type { ListingRecord } from './listing-record.ts'
import type { ServiceInfo } from './service-info.ts'

const PREFIX = '.partname.'
const PREFIX_BYTES: Uint8Array = encodeAscii(PREFIX)

/** Longest `parts` of a service info in bytes: what else stands there takes less than the other half (SPEC 5). */
const MAX_PARTS_BYTES = 1024

/** Gives the path of the mark behind a part, counted from 1. */
export function partMarkPath(number: number): string {
  return `${PREFIX}${number}`
}

/** Tells whether the path of an entry, or a line of the listing, begins as a mark does; costs next to nothing. */
export function beginsLikePartMark(bytes: Uint8Array): boolean {
  return PREFIX_BYTES.every((byte, i) => bytes[i] === byte)
}

/**
 * Reads the mark behind a part.
 *
 * @param number - of the part, from 1; the marks of others are none
 * @returns the part's name; undefined for an entry that is no such mark
 */
export function decodePartMark(record: ListingRecord, number: number): string | undefined {
  if (record.type !== 'symlink' || decodeText(record.pathBytes) !== partMarkPath(number)) return undefined
  const target = decodeText(record.linkBytes ?? new Uint8Array(0))
  return target.startsWith('.') ? target.slice(1) : undefined
}

/** Tells whether an archive says that it was merged of parts. */
export function hasParts(info: ServiceInfo): boolean {
  return info.has('parts') || info.has('parts_count')
}

/**
 * Tells whether the parts that were found are those that an archive says that it was merged of.
 *
 * @param names - of all parts in order
 */
export function announcesParts(info: ServiceInfo, names: readonly string[]): boolean {
  const [text, count] = [namesText(names), String(names.length)]
  return (info.get('parts') ?? text) === text && (info.get('parts_count') ?? count) === count
}

function namesText(names: readonly string[]): string {
  return names.map((name) => `.${name} `).join('')
}

/**
 * Says of which parts an archive is merged. The original's key holds names that are parted by blanks, and must leave room
 * for others: where they cannot stand there, only their number is given.
 *
 * @param names - of all parts in order
 */
export function encodeParts(names: readonly string[]): ServiceInfo {
  const text = namesText(names)
  const fits = encodeText(text).length <= MAX_PARTS_BYTES && !names.some((name) => /[ \t\n]/.test(name))
  return new Map([fits ? ['parts', text] : ['parts_count', String(names.length)]])
}
