/** What lies at a place of an archive, in words. */
import type { Place, PlaceKind, RangeContent, RequestRow } from '../contract/picture-calls.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText } from '../text/quantity.ts'

const KINDS: Readonly<Record<PlaceKind, string>> = {
  data: 'Data',
  group: 'Group of small files',
  headers: 'Headers',
  digests: 'Tail: digests',
  listing: 'Tail: listing',
  index: 'Tail: index',
  'service-info': 'Tail: service info',
  trailer: 'Tail: trailer',
  unknown: 'What is not listed',
}

const TAIL: ReadonlySet<PlaceKind> = new Set(['digests', 'listing', 'index', 'service-info', 'trailer'])

/** Says what a place is: `Data of site/motd`. */
export function placeText({ kind, files, fileCount }: Place): string {
  const [first] = files
  if (first === undefined) return KINDS[kind]
  const more = fileCount > 1 ? ` and ${countText(fileCount - 1, 'other')}` : ''
  return `${KINDS[kind]}${kind === 'group' ? ': ' : ' of '}${printable(first.path)}${more}`
}

/** Says what lies in a range: the largest, and how much else. */
export function contentText({ largest, memberCount }: RangeContent): string {
  const isMember = largest.kind === 'data' || largest.kind === 'group'
  const others = memberCount - (isMember ? 1 : 0)
  const more = others > 0 ? `, with ${countText(others, isMember ? 'more member' : 'member')}` : ''
  return `${placeText(largest)}${more}`
}

/** Says how much of a range was fetched. */
export function fetchedText(fetchedBytes: number, lengthBytes: number): string {
  if (fetchedBytes === 0) return 'not fetched'
  return fetchedBytes >= lengthBytes ? 'fetched' : `${bytesText(fetchedBytes)} of it fetched`
}

/** Says what a request was for. */
export function requestText({ content, sourceName, receivedBytes }: RequestRow): string {
  if (sourceName !== undefined) return `From ${printable(sourceName)}`
  if (content === undefined) return receivedBytes === 0 ? 'Nothing came yet' : ''
  const tail = content.kinds.filter((kind) => TAIL.has(kind)).map((kind) => KINDS[kind].toLowerCase().slice(6))
  if (tail.length === 0) return contentText(content)
  const members = content.memberCount === 0 ? '' : `, and ${countText(content.memberCount, 'member')} before it`
  return `Tail: ${tail.join(', ')}${members}`
}

/** Gives a number of bytes in full: `12,345`. */
export function exactText(bytes: number): string {
  return bytes.toLocaleString('en')
}
