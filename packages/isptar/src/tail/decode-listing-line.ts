/** Decodes one line of the listing (SPEC 3). Pure; costs what the line is long. */
import { decodeLatin1, decodeText } from '../bytes/text.ts'
import { FormatError } from '../errors.ts'
import type { EntryType, Time } from '../tar/entry-type.ts'
import { unescapeField } from './escape.ts'
import type { ListingRecord, Location } from './listing-record.ts'
import { parseNumber, parsePlace, parseSigned } from './number-text.ts'
import { parseTime } from './time-text.ts'

const TAB = 0x09
const CR = 0x0d
const HASH = 0x23

const TYPES: ReadonlyMap<string, EntryType> = new Map([
  ['file', 'file'],
  ['dir', 'directory'],
  ['link', 'symlink'],
  ['hard', 'hardlink'],
  ['fifo', 'fifo'],
  ['char', 'char'],
  ['block', 'block'],
])

/**
 * Decodes a line.
 *
 * @param line - without its LF
 * @param form - whether it lacks the offset word, as lines on a pipe do
 * @returns undefined for a line that is no entry: fewer than five fields or an unknown type word; the original reads
 * over such lines too
 * @throws FormatError when an entry's field is malformed
 */
export function decodeListingLine(
  line: Uint8Array,
  form: { readonly withoutPlaces: boolean } = { withoutPlaces: false },
): ListingRecord | undefined {
  const fields = splitFields(line)
  const type = TYPES.get(decodeLatin1(chompType(fields[4])))
  if (type === undefined) return undefined
  const [name, user, group, mode] = fields as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
  const pathBytes = unescapeField(name)
  try {
    const owner = decodeOwner(user, 'uid')
    const team = decodeOwner(group, 'gid')
    return {
      pathBytes,
      type,
      mode: parseNumber(decodeLatin1(mode), 'mode') & 0o7777,
      uid: owner.id,
      userName: owner.name,
      gid: team.id,
      groupName: team.name,
      ...decodeDetails(type, fields, form.withoutPlaces),
    }
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    throw new FormatError(`listing line of ${JSON.stringify(decodeText(pathBytes))}: ${cause.message}`, { cause })
  }
}

/** Splits at TABs; an escaped TAB is `\t`, so a raw one always separates. */
function splitFields(line: Uint8Array): Uint8Array[] {
  const fields: Uint8Array[] = []
  let from = 0
  let tab = line.indexOf(TAB)
  while (tab >= 0) {
    fields.push(line.subarray(from, tab))
    from = tab + 1
    tab = line.indexOf(TAB, from)
  }
  fields.push(line.subarray(from))
  return fields
}

/** Lines that end in CR LF are read as those that end in LF; a link's target keeps a CR, which may be its own. */
function chompType(field: Uint8Array | undefined): Uint8Array {
  return field === undefined ? new Uint8Array(0) : chomp(field)
}

function chomp(field: Uint8Array): Uint8Array {
  return field[field.length - 1] === CR ? field.subarray(0, -1) : field
}

/** `name#id`; the id follows the last `#`; a bare number is an id. */
function decodeOwner(field: Uint8Array, what: string): { name: string; id: number } {
  const hash = field.lastIndexOf(HASH)
  return {
    name: decodeText(field.subarray(0, Math.max(hash, 0))),
    id: parseNumber(decodeLatin1(field.subarray(hash + 1)), what),
  }
}

type Details = Pick<ListingRecord, 'mtime' | 'sizeBytes' | 'linkBytes' | 'device' | 'location' | 'columns'>

function decodeDetails(type: EntryType, fields: readonly Uint8Array[], withoutPlaces: boolean): Details {
  if (type === 'file') return decodeFile(fields, withoutPlaces)
  if (type === 'symlink' || type === 'hardlink')
    return { sizeBytes: 0, linkBytes: unescapeField(field(fields, 5, 'target')), ...decodeColumns(fields.slice(6)) }
  if (type === 'char' || type === 'block') {
    const major = parseNumber(text(fields, 5, 'major'), 'major')
    const minor = parseNumber(text(fields, 6, 'minor'), 'minor')
    return { sizeBytes: 0, device: { major, minor }, ...decodeColumns(fields.slice(7)) }
  }
  return { sizeBytes: 0, ...decodeColumns(fields.slice(5)) }
}

function decodeFile(fields: readonly Uint8Array[], withoutPlaces: boolean): Details {
  const seconds = parseSigned(text(fields, 5, 'mtime'), 'mtime')
  const sizeBytes = parseNumber(text(fields, 6, 'size'), 'size')
  const hasPlace = sizeBytes > 0 && !withoutPlaces
  const location = hasPlace ? decodeLocation(text(fields, 7, 'offset word')) : undefined
  const { columns } = decodeColumns(fields.slice(hasPlace ? 8 : 7))
  const ns = columns.get('ns')
  const nanoseconds = ns === undefined ? 0 : parseNumber(ns, 'ns')
  if (nanoseconds > 999_999_999) throw new FormatError(`ns is ${nanoseconds}, expected less than 10^9`)
  columns.delete('ns')
  return { mtime: { seconds, nanoseconds }, sizeBytes, location, columns }
}

function decodeLocation(word: string): Location {
  const [depth = '', slice = '', offset = '', plainOffset = ''] = word.split(':')
  const plain = Number(plainOffset)
  return {
    depth: parseNumber(depth, 'depth'),
    slice: parseNumber(slice, 'slice'),
    offset: parsePlace(offset, 'offset'),
    // The original writes 0 here and reads over it, whatever it is; only a group gives it a meaning.
    plainOffset: /^[0-9]+$/.test(plainOffset) && Number.isSafeInteger(plain) ? plain : 0,
  }
}

function decodeColumns(fields: readonly Uint8Array[]): { columns: Map<string, string>; mtime?: Time } {
  const columns = new Map<string, string>()
  for (const raw of fields) {
    const column = decodeText(unescapeField(raw))
    const equals = column.indexOf('=')
    if (equals > 0) columns.set(column.slice(0, equals), column.slice(equals + 1))
  }
  const mtime = columns.get('mtime')
  if (mtime === undefined) return { columns }
  columns.delete('mtime')
  return { columns, mtime: parseTime(mtime, 'mtime') }
}

function field(fields: readonly Uint8Array[], index: number, what: string): Uint8Array {
  const found = fields[index]
  if (found === undefined) throw new FormatError(`the ${what} is missing`)
  return found
}

function text(fields: readonly Uint8Array[], index: number, what: string): string {
  return decodeLatin1(chomp(field(fields, index, what)))
}
