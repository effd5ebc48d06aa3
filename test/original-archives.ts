/** The archives of `fixtures/original` and what must come out of each. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ByteSource, type Entry, SliceSource } from 'isptar'

const ROOT = new URL('../fixtures/', import.meta.url)

/** One entry of the tree that went into an archive. */
export interface ExpectedEntry {
  readonly path: string
  readonly type: Entry['type']
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  readonly size?: number
  readonly sha256?: string
  readonly linkTarget?: string
}

/** One archive on disk. */
export interface OriginalArchive {
  /** Case and file, for test names. */
  readonly name: string
  /** Its file, or its slices first to last. */
  readonly paths: readonly string[]
  /** Paths in stored order, as the original lists them. */
  readonly listedPaths: readonly string[]
  /** The tree; undefined where the listing is no tree: archives merged of parts. */
  readonly expected: ReadonlyMap<string, ExpectedEntry> | undefined
}

interface Row {
  readonly file: string
  readonly listing?: string
  readonly expected?: string
}

/** Archives by case; the listing and the tree are `listing.txt` and `expected.json` unless named. */
const CASES: Readonly<Record<string, readonly Row[]>> = {
  plain: [{ file: 'archive.tgz' }],
  types: [{ file: 'archive.tgz' }],
  longnames: [{ file: 'archive.tgz' }],
  oddnames: [{ file: 'archive.tgz' }],
  empty: [{ file: 'archive.tgz' }],
  argorder: [{ file: 'archive.tgz' }],
  nocompress: [{ file: 'archive.tgz' }],
  sliced: [{ file: 'archive.tgz' }],
  'sliced-torn-trailer': [{ file: 'archive.tgz' }],
  'sliced-torn-serviceinfo': [{ file: 'archive.tgz' }],
  isolated: [{ file: 'archive.tgz' }, { file: 'archive2.tgz', listing: 'archive2.listing.txt' }],
  copydata: [{ file: 'archive.tgz' }, { file: 'base.tgz', ...from('../diff/full') }],
  diff: [
    { file: 'full.tgz', ...from('full') },
    { file: 'd1.tgz', ...from('d1') },
    { file: 'd1-from-catalogue.tgz', listing: 'd1-from-catalogue.listing.txt', expected: 'd1.expected.json' },
    { file: 'd2.tgz', ...from('d2') },
    { file: 'nochange.tgz', listing: 'nochange.listing.txt' },
  ],
  'diff-sliced': [{ file: 'base.tgz', ...from('base') }, { file: 'diff.tgz' }],
  merged: [
    { file: 'merged.tgz', expected: '' },
    { file: 'split-single.tgz', listing: 'split-single.listing.txt', expected: '' },
    { file: 'flat.tgz', ...from('flat') },
    { file: 'split_full', listing: 'split_full.listing.txt', expected: 'full.expected.json' },
    { file: 'split_d1', listing: 'split_d1.listing.txt', expected: 'd1.expected.json' },
    { file: 'split_d2', listing: 'split_d2.listing.txt', expected: 'd2.expected.json' },
  ],
  pipe: [{ file: 'archive.tgz' }],
}

function from(stem: string): { listing: string; expected: string } {
  return { listing: `${stem}.listing.txt`, expected: `${stem}.expected.json` }
}

/** Every archive that the original made, catalogues aside. */
export const ORIGINALS: readonly OriginalArchive[] = Object.entries(CASES).flatMap(([folder, rows]) =>
  rows.map(({ file, listing = 'listing.txt', expected = 'expected.json' }) => ({
    name: `${folder}/${file}`,
    paths: partsOf(folder, file),
    listedPaths: readListedPaths(fixturePath(`original/${folder}/${listing}`)),
    expected: expected === '' ? undefined : readExpected(fixturePath(`original/${folder}/${expected}`)),
  })),
)

/** Catalogues: a listing without data, and the listing that it must be. */
export const CATALOGUES: readonly Omit<OriginalArchive, 'expected'>[] = [
  ['isolated/isolated.cat', 'isolated/listing.txt'],
  ['isolated/saved.cat', 'isolated/listing.txt'],
  ['diff/full.cat', 'diff/full.listing.txt'],
  ['diff/d1.cat', 'diff/d1.listing.txt'],
  ['merged/merged.cat', 'merged/listing.txt'],
].map(([name = '', listing]) => ({
  name,
  paths: [fixturePath(`original/${name}`)],
  listedPaths: readListedPaths(fixturePath(`original/${listing}`)),
}))

/** The full path of a file in `fixtures`. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(name, ROOT))
}

function partsOf(folder: string, file: string): string[] {
  const path = fixturePath(`original/${folder}/${file}`)
  const names = readdirSync(fixturePath(`original/${folder}`))
  const slices = names.filter((name) => name.startsWith(`${file}.part`)).length
  return slices === 0 ? [path] : Array.from({ length: slices }, (_, i) => `${path}.part${i + 1}`)
}

/** Opens each file of an archive in the given way and joins slices. */
export function openParts(paths: readonly string[], open: (path: string) => ByteSource): ByteSource {
  const [only] = paths
  return paths.length === 1 && only !== undefined ? open(only) : new SliceSource(paths.map(open), 'slices')
}

function readListedPaths(file: string): string[] {
  const lines = readFileSync(file, 'latin1').split('\n')
  return lines.slice(0, lines.indexOf('')).map((line) => {
    const name = (line.split('\t')[0] ?? '').replace(/\\(.)/g, (_, c: string) => ({ t: '\t', n: '\n' })[c] ?? c)
    return textOf(Buffer.from(name, 'latin1'))
  })
}

/** Bytes as `Entry.path` shows them, by a road of its own: bytes that are not UTF-8 become U+DC00 + byte. */
function textOf(bytes: Buffer): string {
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const length = [1, 2, 3, 4].find((n) => isCharacter(bytes.subarray(i, i + n))) ?? 0
    text += length > 0 ? bytes.toString('utf8', i, i + length) : String.fromCharCode(0xdc00 + (bytes[i] ?? 0))
    i += Math.max(length, 1)
  }
  return text
}

function isCharacter(bytes: Buffer): boolean {
  const text = bytes.toString('utf8')
  return [...text].length === 1 && Buffer.from(text).equals(bytes)
}

interface JsonEntry {
  path?: string
  path_b64?: string
  type: string
  mode: number
  uid: number
  gid: number
  mtime: number
  size?: number
  sha256?: string
  linkname?: string
  linkname_b64?: string
}

/** Reads an `expected.json`. */
export function readExpected(file: string): ReadonlyMap<string, ExpectedEntry> {
  const rows = JSON.parse(readFileSync(file, 'utf8')) as JsonEntry[]
  return new Map(
    rows.map(({ path, path_b64, type, linkname, linkname_b64, ...rest }) => {
      const name = nameOf(path, path_b64) ?? ''
      const linkTarget = nameOf(linkname, linkname_b64)
      const entry = { ...rest, path: name, type: (type === 'dir' ? 'directory' : type) as Entry['type'] }
      return [name, linkTarget === undefined ? entry : { ...entry, linkTarget }]
    }),
  )
}

function nameOf(plain: string | undefined, base64: string | undefined): string | undefined {
  return base64 === undefined ? plain : textOf(Buffer.from(base64, 'base64'))
}
