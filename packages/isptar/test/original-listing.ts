/** The listing as the original C++ program takes it apart, line by line (SPEC 3). */
import { demand } from './original-bytes.ts'

/** Where the original finds a file's data. */
export interface OriginalPlace {
  /** 0: in this archive; n: in its nth base. */
  readonly depth: number
  readonly slice: number
  readonly offset: number
}

/** One line; names are latin1: a character a byte. */
export interface OriginalLine {
  readonly name: string
  readonly user: string
  readonly uid: number
  readonly group: string
  readonly gid: number
  readonly mode: number
  readonly type: 'file' | 'hard' | 'link' | 'char' | 'block' | 'dir' | 'fifo'
  readonly mtime?: number
  /** Of a file. */
  readonly size?: number
  /** Of a file with data. */
  readonly place?: OriginalPlace
  readonly target?: string
  readonly device?: readonly [number, number]
  /** Fields after those it knows. */
  readonly rest: readonly string[]
}

/** Takes the listing apart up to its empty line; whatever follows would be lost. */
export function parseListing(listing: Buffer): OriginalLine[] {
  const text = listing.toString('latin1')
  demand(text === '\n' || text.endsWith('\n\n'), 'an empty line at the end')
  const lines = text.split('\n').slice(0, -2)
  demand(!lines.includes(''), 'no empty line before the end')
  return lines.map(parseLine)
}

function parseLine(line: string): OriginalLine {
  const [name = '', owner = '', team = '', mode = '', type = '', ...details] = line.split('\t')
  const [user, uid] = parseOwner(owner)
  const [group, gid] = parseOwner(team)
  const base = { name: unescape(name), user, uid, group, gid, mode: parseNumber(mode) }
  demand(base.mode <= 0o7777, 'mode within 07777')
  switch (type) {
    case 'file':
      return { ...base, type, ...parseFile(details) }
    case 'hard':
    case 'link':
      return { ...base, type, target: unescape(details[0] ?? ''), rest: details.slice(1) }
    case 'char':
    case 'block':
      return {
        ...base,
        type,
        device: [parseNumber(details[0] ?? ''), parseNumber(details[1] ?? '')],
        rest: details.slice(2),
      }
    case 'dir':
    case 'fifo':
      return { ...base, type, rest: details }
    default:
      throw new Error(`the original has no type ${type}`)
  }
}

function parseFile([time = '', length = '', ...details]: readonly string[]): Pick<
  OriginalLine,
  'mtime' | 'size' | 'place' | 'rest'
> {
  const mtime = time.startsWith('-') ? -parseNumber(time.slice(1)) : parseNumber(time)
  const size = parseNumber(length)
  if (size === 0) return { mtime, size, rest: details }
  const [word = '', ...rest] = details
  const [depth = -1, slice = 0, offset = -1, zpos, ...more] = word.split(':').map(parseNumber)
  demand(zpos === 0 && more.length === 0, `the offset word ${word}`)
  return { mtime, size, place: { depth, slice, offset }, rest }
}

/** It reads numbers in base 0: a leading zero would make them octal. */
function parseNumber(text: string): number {
  demand(/^(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(Number(text)), `a plain number, not ${text}`)
  return Number(text)
}

function parseOwner(field: string): [name: string, id: number] {
  const hash = field.lastIndexOf('#')
  return [field.slice(0, hash), parseNumber(field.slice(hash + 1))]
}

function unescape(field: string): string {
  return field.replace(/\\(.?)/gs, (_, letter: string) => {
    const byte = ({ '\\': '\\', t: '\t', n: '\n' } as Record<string, string>)[letter]
    demand(byte !== undefined, `no escape but three in ${field}`)
    return byte
  })
}

/** The order in which it joins a base: bytes as signed chars, `/` below all, the end of a name lowest. */
export function compareLikeOriginal(a: Uint8Array, b: Uint8Array): number {
  const key = (name: Uint8Array): Int16Array =>
    Int16Array.from(name, (byte) => (byte === 0x2f ? -1000 : byte > 127 ? byte - 256 : byte))
  const [x, y] = [key(a), key(b)]
  for (let i = 0; i < Math.min(x.length, y.length); i += 1) if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0)
  return x.length - y.length
}
