/** Every archive of the original, through every way of opening, lists and gives exactly what went into it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import {
  type Archive,
  BaseMismatchError,
  BlobSource,
  type ByteSource,
  type Codec,
  type Entry,
  FormatError,
  HttpSource,
  MemorySource,
  type OpenOptions,
  openArchive,
  pakoCodec,
  UnsupportedError,
} from 'isptar'
import { FileSource, zlibCodec } from 'isptar/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect } from '../packages/isptar/test/read/collect.ts'
import { CATALOGUES, type ExpectedEntry, openParts, ORIGINALS, type OriginalArchive } from './original-archives.ts'
import { type FileServer, serveFiles } from './serve-files.ts'

let server: FileServer

beforeAll(async () => {
  server = await serveFiles()
})

afterAll(() => server.close())

const WAYS: Readonly<Record<string, (path: string) => ByteSource>> = {
  memory: (path) => new MemorySource(readFileSync(path), basename(path)),
  blob: (path) => new BlobSource(new Blob([readFileSync(path)]), basename(path)),
  file: (path) => new FileSource(path),
  http: (path) => new HttpSource(server.urlOf(path)),
}

const CODECS: readonly Codec[] = [pakoCodec, zlibCodec]

describe.each(Object.entries(WAYS))('through %s', (_, open) => {
  describe.each(CODECS)('with $name', (codec) => {
    it.each(ORIGINALS)('$name', (original) => check(original, open, { codec }))
  })
})

describe('in small pieces', () => {
  const options = { tailBytes: 39, residentListingBytes: 0 }
  it.each(ORIGINALS)('$name', (original) => check(original, WAYS['memory'] ?? fail, options))
})

function fail(): never {
  throw new Error('no such way of opening')
}

async function check(
  original: OriginalArchive,
  open: (path: string) => ByteSource,
  options: OpenOptions,
): Promise<void> {
  await using archive = await openArchive(openParts(original.paths, open), options)
  expect(archive.notices).toEqual([])
  expect(archive.formatVersion).toBe(1)
  const entries = await collect(archive.entries())
  expect(entries.map((entry) => entry.path)).toEqual(original.listedPaths)
  if (original.expected === undefined) return
  expect(new Set(original.listedPaths)).toEqual(new Set(original.expected.keys()))
  for (const entry of entries) {
    const expected = original.expected.get(entry.path)
    if (expected === undefined) throw new Error(`${entry.path} is not expected`)
    expectEntry(entry, expected)
    await expectData(archive, entry, expected)
  }
}

function expectEntry(entry: Entry, expected: ExpectedEntry): void {
  const { type, mode, uid, gid, mtime, size = 0, linkTarget } = expected
  const found = { type: entry.type, mode: entry.mode, uid: entry.uid, gid: entry.gid, linkTarget: entry.linkTarget }
  expect(found).toEqual({ type, mode, uid, gid, linkTarget })
  if (type !== 'file') expect(entry.mtime).toBeUndefined()
  else expect([entry.sizeBytes, entry.mtime]).toEqual([size, { seconds: mtime, nanoseconds: 0 }])
}

async function expectData(archive: Archive, entry: Entry, expected: ExpectedEntry): Promise<void> {
  if (expected.sha256 === undefined) {
    await expect(entry.bytes()).rejects.toThrow(UnsupportedError)
    return
  }
  const holder = entry.type === 'hardlink' ? await archive.get(entry.linkTarget ?? '') : entry
  if ((holder.location?.depth ?? 0) > 0) await expect(entry.bytes()).rejects.toThrow(BaseMismatchError)
  else {
    expect(sha256(await entry.bytes())).toBe(expected.sha256)
    expect(sha256(await archive.bytes(entry.path))).toBe(expected.sha256)
    await expectPart(archive, entry)
  }
}

/** The bytes around the middle, asked for as a part. */
async function expectPart(archive: Archive, entry: Entry): Promise<void> {
  const whole = await entry.bytes()
  const start = whole.length >> 1
  const end = Math.min(start + 700, whole.length)
  expect(await archive.bytes(entry, { start, end })).toEqual(whole.subarray(start, end))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('merged of parts', () => {
  it('every file of every part is read', async () => {
    const merged = ORIGINALS.find(({ name }) => name === 'merged/merged.tgz')
    const parts = ['full', 'd1', 'd2'].map((part) => ORIGINALS.find(({ name }) => name === `merged/split_${part}`))
    await using archive = await openArchive(openParts(merged?.paths ?? [], (path) => new FileSource(path)))
    let part = 0
    for await (const entry of archive.entries()) {
      if (entry.path.startsWith('.partname.')) part += 1
      if (entry.type !== 'file') continue
      expect(sha256(await entry.bytes())).toBe(parts[part]?.expected?.get(entry.path)?.sha256)
    }
    expect(part).toBe(3)
    expect(archive.serviceInfo.get('parts')).toBe('.full .d1 .d2 ')
  })
})

describe('catalogues', () => {
  it.each(CATALOGUES)('$name lists what its archive lists', async ({ paths, listedPaths }) => {
    await using catalogue = await openArchive(openParts(paths, (path) => new FileSource(path)))
    const entries = await collect(catalogue.entries())
    expect(entries.map((entry) => entry.path)).toEqual(listedPaths)
    const withData = entries.filter((entry) => entry.sizeBytes > 0)
    expect(withData.length).toBeGreaterThan(0)
    for (const entry of withData) {
      const expected = (entry.location?.depth ?? 0) > 0 ? BaseMismatchError : FormatError
      await expect(entry.bytes()).rejects.toThrow(expected)
    }
  })
})
