/** The archive of another writer of format 2: its columns are understood, its sections are found and stepped over. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { MemorySource, openArchive, pakoCodec, withCounter } from 'isptar'
import { FileSource, zlibCodec } from 'isptar/node'
import { describe, expect, it } from 'vitest'
import { collect } from '../packages/isptar/test/read/collect.ts'
import { fixturePath } from './original-archives.ts'

const PATH = fixturePath('format2/archive.tgz')

/** What `make.py` put in. */
function content(path: string): Buffer {
  if (path === 'd/big') {
    const block = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * i * 7 + Math.floor(i / 3)) % 251))
    return Buffer.concat(Array.from({ length: 3000 }, () => block))
  }
  const n = Number(path.slice('d/a'.length))
  return Buffer.from(`content ${n}\n`.repeat((n % 50) + 1))
}

describe.each([pakoCodec, zlibCodec])('with $name', (codec) => {
  it('lists and gives every file', async () => {
    await using archive = await openArchive(new FileSource(PATH), { codec })
    expect([archive.formatVersion, archive.writer, archive.createdAt]).toEqual([2, 'isptar/0.1', undefined])
    const entries = await collect(archive.entries())
    expect(entries.length).toBe(1502)
    for (const entry of entries) {
      if (entry.type === 'directory') expect(entry.mtime).toEqual({ seconds: 1_600_000_000, nanoseconds: 500_000_000 })
      else {
        expect(Buffer.compare(await entry.bytes(), content(entry.path)), entry.path).toBe(0)
        expect(entry.mtime).toEqual({ seconds: 1_600_000_000, nanoseconds: 123_456_789 })
        expect(entry.packedBytes).toBeGreaterThan(20)
      }
    }
    expect(await archive.verify()).toMatchObject({ ok: true, entryCount: 1502, problems: [] })
  })
})

it('knows where the sections lie, and that the listing is what its identity says', async () => {
  const bytes = readFileSync(PATH)
  await using archive = await openArchive(new MemorySource(bytes))
  const { tail } = archive
  const names = tail.sections.map(({ name }) => name)
  expect(names).toEqual(['digest', 'index'])
  for (const { offset } of [...tail.sections, { offset: tail.listingOffset }])
    expect([...bytes.subarray(offset, offset + 3)]).toEqual([0x1f, 0x8b, 8])
  const [digest, index] = tail.sections
  expect((digest?.offset ?? 0) + (digest?.packedBytes ?? 0)).toBe(tail.listingOffset)
  expect(tail.listingOffset + tail.listingPackedBytes).toBe(index?.offset)
  expect((index?.offset ?? 0) + (index?.packedBytes ?? 0)).toBe(tail.serviceInfoOffset)
  const listing = readFileSync(fixturePath('format2/listing.txt'))
  expect(archive.identity).toBe(createHash('sha256').update(listing).digest('hex'))
})

it('passes on columns that it has no use for', async () => {
  await using archive = await openArchive(new FileSource(PATH))
  expect((await archive.get('d/big')).columns.get('seek')).toBe('1048576:7804,7805,6976')
})

it('costs one range a file, of exactly the length that the listing says', async () => {
  const source = withCounter(new FileSource(PATH))
  await using archive = await openArchive(source)
  const entry = await archive.get('d/a0007')
  const before = source.requests
  await entry.bytes()
  expect(source.log.slice(before)).toEqual([{ offset: entry.location?.offset, lengthBytes: entry.packedBytes }])
})

it('its seek points have no checksums, so a part costs the whole member; its index of four fields is passed over', async () => {
  const source = withCounter(new FileSource(PATH))
  await using archive = await openArchive(source, { tailBytes: 39 })
  const entry = await archive.get('d/big')
  const before = source.requests
  const part = await entry.bytes({ start: 1_500_000, end: 1_500_100 })
  expect(Buffer.compare(part, content('d/big').subarray(1_500_000, 1_500_100))).toBe(0)
  expect(source.log.slice(before)).toEqual([{ offset: entry.location?.offset, lengthBytes: entry.packedBytes }])
  const digest = createHash('sha256').update(content('d/big')).digest('hex')
  expect(Buffer.from((await entry.digest()) ?? []).toString('hex')).toBe(digest)
})
