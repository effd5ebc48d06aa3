/** What the tests of flattening, merging and splitting share. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Archive, type Codec, type Entry, MemorySource, openArchive, type OpenOptions } from 'isptar'
import { zlibCodec } from 'isptar/node'
import { expect } from 'vitest'
import { type ExpectedEntry, fixturePath, ORIGINALS } from '../../../../test/original-archives.ts'

/** Opens bytes in memory. */
export function open(bytes: Uint8Array, options: OpenOptions = {}, name = 'memory'): Promise<Archive> {
  return openArchive(new MemorySource(bytes, name), options)
}

/** Opens an archive of `fixtures/original`, with its bases, nearest first. */
export async function openOriginal(name: string, ...bases: readonly string[]): Promise<Archive> {
  const read = (file: string): Uint8Array => readFileSync(fixturePath(`original/${file}`))
  const opened = await Promise.all(bases.map((base) => open(read(base), {}, basename(base))))
  return open(read(name), { bases: opened }, basename(name))
}

/** What went into an archive of `fixtures/original`. */
export function expectedOf(name: string): ReadonlyMap<string, ExpectedEntry> {
  const expected = ORIGINALS.find((archive) => archive.name === name)?.expected
  if (expected === undefined) throw new Error(`nothing is known of ${name}`)
  return expected
}

/** Holds entries with their data, in any order, to a tree of the fixtures. */
export async function expectTree(archive: Archive, tree: ReadonlyMap<string, ExpectedEntry>): Promise<void> {
  const found: ExpectedEntry[] = []
  for await (const entry of archive.entries()) found.push(await describe(entry, tree.get(entry.path)))
  expect(new Map(found.map((entry) => [entry.path, entry]))).toEqual(tree)
  expect(found.length).toBe(tree.size)
}

/** Only files had a time in the original's archives, and a hardlink's size was that of its file. */
async function describe(entry: Entry, expected: ExpectedEntry | undefined): Promise<ExpectedEntry> {
  const { path, type, mode, uid, gid, linkTarget } = entry
  const mtime = type === 'file' ? (entry.mtime?.seconds ?? Number.NaN) : (expected?.mtime ?? 0)
  const hasData = type === 'file' || type === 'hardlink'
  const data = hasData ? await entry.bytes() : undefined
  return {
    ...(expected && 'rdev' in expected && { rdev: expected.rdev }),
    ...{ path, type, mode, uid, gid, mtime },
    ...(expected?.size !== undefined && { size: data?.length ?? 0 }),
    ...(data && { sha256: createHash('sha256').update(data).digest('hex') }),
    ...(linkTarget !== undefined && { linkTarget }),
  }
}

/** A codec that counts what it deflates of texts that hold a mark. */
export class MarkCountingCodec implements Codec {
  readonly name = 'counting'
  readonly crc32: Codec['crc32'] = zlibCodec.crc32.bind(zlibCodec)
  readonly inflateRaw: Codec['inflateRaw'] = zlibCodec.inflateRaw.bind(zlibCodec)
  readonly createInflater: Codec['createInflater'] = zlibCodec.createInflater.bind(zlibCodec)
  readonly #mark: string
  /** How many pieces that hold the mark were deflated. */
  marked = 0
  /** How many pieces were deflated. */
  all = 0

  constructor(mark: string) {
    this.#mark = mark
  }

  deflateRaw(...[plain, level, end]: Parameters<Codec['deflateRaw']>): Uint8Array {
    this.#count(plain)
    return zlibCodec.deflateRaw(plain, level, end)
  }

  #count(plain: Uint8Array): void {
    this.all += 1
    if (Buffer.from(plain).includes(this.#mark)) this.marked += 1
  }
}
