/** Details and windows of data, and what they read. */
import { gzipSync } from 'node:zlib'
import { createArchive, MemorySource, MemoryTarget, openArchive, openSlices } from 'isptar'
import { expect, test } from 'vitest'
import { type Preview, PREVIEW_BYTES, type PreviewOptions } from '../../src/contract/entry-calls.ts'
import { ArchiveHolder } from '../../src/engine/archive-holder.ts'
import { EntryEngine } from '../../src/engine/entry-engine.ts'
import { FetchRecorder } from '../../src/engine/fetch-recorder.ts'
import {
  buildArchive,
  differential,
  fixture,
  hostileSite,
  mergedArchive,
  PNG,
  siteArchive,
  slicedArchive,
} from '../archives.ts'

const never = new AbortController().signal

/** Data that does not shrink much, and shows where it was taken from. */
function longData(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i += 1) bytes[i] = Math.imul(i ^ (i >>> 9), 0x9e3779b1) >>> 24
  return bytes
}

/** Without a list of all the differences. */
function expectSame(found: Uint8Array, wanted: Uint8Array): void {
  expect(Buffer.compare(found, wanted)).toBe(0)
}

interface Opened {
  readonly engine: EntryEngine
  readonly recorder: FetchRecorder
  /** Looks at an entry by its path. */
  preview(path: string, options?: Partial<PreviewOptions>): Promise<Preview>
}

async function opened(bytes: Uint8Array, base?: Uint8Array): Promise<Opened> {
  const recorder = new FetchRecorder(new MemorySource(bytes, 'site.tgz'))
  const holder = new ArchiveHolder()
  const bases = base && [await openArchive(new MemorySource(base, 'sun.tgz'))]
  await holder.hold({ archive: await openArchive(recorder, bases && { bases }), counters: [recorder] })
  const engine = new EntryEngine(holder)
  const preview: Opened['preview'] = async (path, options = {}) => {
    const line = (await holder.archive.find(path))?.place.line ?? -1
    return engine.preview(path, { line, start: 0, as: 'auto', ...options }, never)
  }
  return { engine, recorder, preview }
}

async function lineOf(bytes: Uint8Array, path: string): Promise<number> {
  const archive = await openArchive(new MemorySource(bytes))
  return (await archive.get(path)).place.line
}

test('details say all that the archive says', async () => {
  const bytes = await siteArchive()
  const { engine } = await opened(bytes)
  const noise = await engine.details('site/noise.bin', await lineOf(bytes, 'site/noise.bin'), never)
  const digest = Buffer.from(
    await crypto.subtle.digest('SHA-256', (await openedBytes(bytes, 'site/noise.bin')).slice()),
  )
  expect(noise).toMatchObject({
    path: 'site/noise.bin',
    type: 'file',
    sizeBytes: 12_000,
    uid: 1000,
    userName: 'ann',
    groupName: 'staff',
    digest: digest.toString('hex'),
    xattrs: [{ name: 'user.tag', value: Uint8Array.of(0, 255, 10) }],
    location: { depth: 0, slice: 1, isInGroup: false, sliceName: undefined },
    problems: [],
  })
  expect(noise?.location?.archiveOffset).toBe(noise?.location?.offset)
  expect(bytes.subarray(noise?.location?.offset).subarray(0, 2)).toEqual(Uint8Array.of(0x1f, 0x8b))
  const link = await engine.details('site/latest', await lineOf(bytes, 'site/latest'), never)
  expect(link?.target).toEqual({ path: 'site/docs/guide.txt', line: await lineOf(bytes, 'site/docs/guide.txt') })
  const hard = await engine.details('site/welcome', await lineOf(bytes, 'site/welcome'), never)
  expect(hard?.target?.path).toBe('site/etc/motd')
  const device = await engine.details('site/null', await lineOf(bytes, 'site/null'), never)
  expect(device).toMatchObject({ type: 'char', device: { major: 1, minor: 3 }, location: undefined, digest: undefined })
  expect(await engine.details('somewhere', -1, never)).toBeUndefined()
  expect(await engine.details('site/latest', -1, never)).toEqual(link)
  await expect(engine.details('gone', 3, never)).rejects.toMatchObject({ trouble: { kind: 'not-found' } })
})

async function openedBytes(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  return (await openArchive(new MemorySource(bytes))).bytes(path)
}

test('details of data in a slice, in a group and in a base say where it lies', async () => {
  const slices = await slicedArchive('site.tgz')
  const parts = slices.map(({ name, bytes }) => ({ name, open: () => Promise.resolve(new MemorySource(bytes, name)) }))
  const recorder = new FetchRecorder(openSlices(parts, { name: 'site.tgz' }))
  const holder = new ArchiveHolder()
  const archive = await openArchive(recorder)
  await holder.hold({ archive, counters: [recorder] })
  const noise = await archive.get('site/noise.bin')
  const details = await new EntryEngine(holder).details('site/noise.bin', noise.place.line, never)
  const { location } = details ?? {}
  expect(location?.sliceName).toBe(`site.tgz.part${location?.slice}`)
  const whole = Buffer.concat(slices.map((slice) => slice.bytes))
  expect(whole.subarray(location?.archiveOffset).subarray(0, 2)).toEqual(Buffer.of(0x1f, 0x8b))

  const grouped = await buildArchive(
    [
      { path: 'a', data: 'one' },
      { path: 'b', data: 'two' },
    ],
    { groupBytes: 65_536 },
  )
  const inGroup = await (await opened(grouped)).engine.details('b', 1, never)
  expect(inGroup?.location).toMatchObject({ isInGroup: true })
  expect(grouped.subarray(inGroup?.location?.offset).subarray(0, 2)).toEqual(Uint8Array.of(0x1f, 0x8b))

  const { archive: monday, base } = await differential()
  const kept = await opened(monday, base)
  const guide = await kept.engine.details('site/docs/guide.txt', await lineOf(monday, 'site/docs/guide.txt'), never)
  expect(guide?.location).toMatchObject({ depth: 1, baseName: 'sun.tgz', archiveOffset: undefined })
  expect((await kept.preview('site/docs/guide.txt')).text).toContain('Read this first.')
  await expect((await opened(monday)).preview('site/docs/guide.txt')).rejects.toThrow(/base/)
})

test('each kind of data is shown as what it is', async () => {
  const { preview } = await opened(await siteArchive())
  expect(await preview('site/docs/guide.txt')).toMatchObject({ kind: 'text', encoding: 'utf-8', isChecked: true })
  expect((await preview('site/docs/latin1.txt')).text).toContain('café crème')
  const json = await preview('site/etc/config.json')
  expect(json).toMatchObject({ kind: 'json', choices: ['json', 'text', 'hex'] })
  expect(json.text).toContain('\n  "ports": [\n    80,')
  expect((await preview('site/etc/config.json', { as: 'text' })).text).toContain('"ports":[80,443]')
  const image = await preview('site/img/dot.png')
  expect(image).toMatchObject({ kind: 'image', imageType: 'image/png', choices: ['image', 'text', 'hex'] })
  expect(image.bytes).toEqual(new Uint8Array(PNG))
  expect(await preview('site/img/drawing.svg')).toMatchObject({ kind: 'text', choices: ['text', 'hex'] })
  expect((await preview('site/noise.bin')).kind).toBe('hex')
  expect((await preview('site/backup.tar.gz')).kind).toBe('archive')
  expect((await preview('site/welcome')).text).toBe('hello\n')
  expect(await preview('site/empty')).toMatchObject({ kind: 'nothing', note: 'The file is empty.' })
  for (const path of ['site', 'site/null', 'site/latest']) expect((await preview(path)).kind).toBe('nothing')
})

test('what is active is text, whatever it is called', async () => {
  const bytes = hostileSite()
  const { preview } = await opened(bytes)
  for (const path of [
    'active/page.html',
    'active/drawing.svg',
    'active/image.png',
    'active/run.js',
    'active/feed.xml',
  ]) {
    const { kind, choices, imageType } = await preview(path)
    expect({ path, kind, choices, imageType }).toEqual({
      path,
      kind: 'text',
      choices: ['text', 'hex'],
      imageType: undefined,
    })
    expect((await preview(path, { as: 'image' })).kind).toBe('text')
  }
  expect((await preview('twice')).text).toBe('second\n')
  expect((await preview('active/hard')).text).toContain('I am called <img')
  await expect(preview('active/bomb.png')).rejects.toThrow(/bomb/)
})

test('of several lines of one path each is shown', async () => {
  const bytes = hostileSite()
  const { engine } = await opened(bytes)
  const archive = await openArchive(new MemorySource(bytes))
  const lines: number[] = []
  for await (const entry of archive.entries()) if (entry.path === 'twice') lines.push(entry.place.line)
  const texts = await Promise.all(
    lines.map((line) => engine.preview('twice', { line, start: 0, as: 'auto' }, never).then(({ text }) => text)),
  )
  expect(texts).toEqual(['first\n', 'second\n'])
})

test('a window of a file with chunks costs one chunk, once', async () => {
  const data = longData(5 * 1024 * 1024)
  const bytes = await buildArchive([{ path: 'long', data }], { level: 1 })
  const { preview, recorder } = await opened(bytes)
  const start = 9 * PREVIEW_BYTES
  const before = recorder.bytes
  const window = await preview('long', { start, as: 'hex' })
  const cost = recorder.bytes - before
  expect(window).toMatchObject({ isChecked: true, start, end: start + PREVIEW_BYTES, nextCostBytes: 0 })
  expectSame(window.bytes, data.subarray(start, start + PREVIEW_BYTES))
  expect(cost).toBeGreaterThan(0)
  expect(cost).toBeLessThan(1.1 * 1024 * 1024)
  await preview('long', { start: start + PREVIEW_BYTES, as: 'hex' })
  expect(recorder.bytes - before).toBe(cost)
})

test('the beginning of a large file without chunks is all that is read of it, and is not called checked', async () => {
  const data = longData(5 * 1024 * 1024)
  const bytes = await buildArchive([{ path: 'long', data }], { seekBytes: 0, level: 1 })
  const { preview, recorder } = await opened(bytes)
  const before = recorder.bytes
  const first = await preview('long')
  expect(first.isChecked).toBe(false)
  expectSame(first.bytes, data.subarray(0, PREVIEW_BYTES))
  expect(recorder.bytes - before).toBeLessThan(1024 * 1024)
  expect(first.nextCostBytes).toBeGreaterThan(PREVIEW_BYTES)
  const last = await preview('long', { start: 19 * PREVIEW_BYTES, as: 'hex' })
  expect(last).toMatchObject({ isChecked: true, end: data.length, nextCostBytes: undefined })
  expectSame(last.bytes, data.subarray(19 * PREVIEW_BYTES))
})

test('what costs much to show is not read unasked', async () => {
  const data = new Uint8Array(9 * 1024 * 1024)
  data.set(longData(data.length))
  data.set(PNG)
  const { preview, recorder } = await opened(await buildArchive([{ path: 'large', data }], { level: 0 }))
  const before = recorder.bytes
  const unread = await preview('large')
  expect(unread).toMatchObject({ kind: 'image', isChecked: true })
  expect(unread.bytes).toHaveLength(0)
  expect(unread.unreadBytes).toBeGreaterThan(data.length)
  expect(recorder.bytes - before).toBeLessThan(2 * 1024 * 1024)
  expectSame((await preview('large', { as: 'image' })).bytes, data)
})

test('images too large to be decoded are not', async () => {
  const huge = new Uint8Array(PNG)
  new DataView(huge.buffer).setUint32(16, 30_000)
  new DataView(huge.buffer).setUint32(20, 30_000)
  const { preview } = await opened(await buildArchive([{ path: 'huge.png', data: huge }]))
  const shown = await preview('huge.png')
  expect(shown).toMatchObject({ kind: 'hex', choices: ['text', 'hex'], imageType: undefined })
  expect(shown.note).toContain('30000 × 30000 pixels')
})

test('what is no longer wanted ends', async () => {
  const bytes = await buildArchive([{ path: 'long', data: longData(3 * 1024 * 1024) }], { level: 0 })
  const memory = new MemorySource(bytes)
  const stuck = new FetchRecorder({
    name: 'stuck',
    readTail: (length, options) => memory.readTail(length, options),
    read: (offset, length, options) => memory.read(offset, length, options),
    async *stream(offset, length, { signal } = {}) {
      yield memory.read(offset, Math.min(length, 1000))
      signal?.throwIfAborted()
      await new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
    },
    close: () => memory.close(),
  })
  const holder = new ArchiveHolder()
  await holder.hold({ archive: await openArchive(stuck), counters: [stuck] })
  const controller = new AbortController()
  const requests = stuck.requests
  const preview = new EntryEngine(holder).preview('long', { line: 0, start: 0, as: 'auto' }, controller.signal)
  preview.catch(() => undefined)
  await expect.poll(() => stuck.requests).toBeGreaterThan(requests)
  controller.abort(new Error('no longer wanted'))
  await expect(preview).rejects.toThrow('no longer wanted')
})

test('data with a wrong CRC is trouble', async () => {
  const bytes = await buildArchive([{ path: 'note', data: 'some words, not compressed\n' }], { level: 0 })
  const at = Buffer.from(bytes).indexOf('some words')
  bytes[at] = 0x53
  const { preview } = await opened(bytes)
  await expect(preview('note')).rejects.toThrow(/CRC/)
  expect(await preview('note', { isUnchecked: true })).toMatchObject({
    kind: 'text',
    text: 'Some words, not compressed\n',
    isChecked: false,
  })
})

test('a nested archive is listed; what has no listing is not read through', async () => {
  const bytes = await siteArchive()
  const { engine } = await opened(bytes)
  const nested = await engine.nested('site/backup.tar.gz', await lineOf(bytes, 'site/backup.tar.gz'), never)
  expect(nested).toMatchObject({
    summary: { formatVersion: 2, entryCount: 2, isDifferential: false },
    rows: [
      { path: 'inner', type: 'directory', sizeBytes: 0 },
      { path: 'inner/note', type: 'file', sizeBytes: 25 },
    ],
    isComplete: true,
  })
  const plain = await opened(await buildArchive([{ path: 'plain.tar.gz', data: gzipSync('no archive') }]))
  expect((await plain.preview('plain.tar.gz')).kind).toBe('archive')
  expect(await plain.engine.nested('plain.tar.gz', 0, never)).toMatchObject({ rows: [], summary: undefined })
  expect((await plain.engine.nested('plain.tar.gz', 0, never)).note).toMatch(/no index/)
})

test('a small plain tar.gz is read once, to be shown and to be found without a listing', async () => {
  const plain = gzipSync(longData(5000))
  const { engine, recorder, preview } = await opened(
    await buildArchive([
      { path: 'first', data: longData(90_000) },
      { path: 'plain.tar.gz', data: plain },
      { path: 'z', data: longData(90_000) },
    ]),
  )
  const { kind } = await preview('plain.tar.gz')
  const { requests } = recorder
  const nested = await engine.nested('plain.tar.gz', 1, never)
  expect([kind, nested.summary, recorder.requests]).toEqual(['archive', undefined, requests])
})

test('windows begin anywhere, and say what those beside cost', async () => {
  const data = longData(600_000)
  const { preview } = await opened(await buildArchive([{ path: 'long', data }]))
  const shown = await preview('long', { start: 1000, as: 'hex' })
  expectSame(shown.bytes, data.subarray(1000, 1000 + PREVIEW_BYTES))
  expect(shown).toMatchObject({ previousCostBytes: 0, nextCostBytes: 0, lastCostBytes: 0 })
  expect((await preview('long')).previousCostBytes).toBeUndefined()
})

test('what is wrong with a nested archive is its note, what is wrong around it is trouble', async () => {
  const inner = Uint8Array.from(await buildArchive([{ path: 'a', data: 'x' }]))
  const { tail } = await openArchive(new MemorySource(inner))
  const broken = inner.with(tail.listingOffset + 12, (inner[tail.listingOffset + 12] ?? 0) ^ 0xff)
  const { engine } = await opened(await buildArchive([{ path: 'inner.tgz', data: broken }]))
  const nested = await engine.nested('inner.tgz', 0, never)
  expect(nested).toMatchObject({ summary: undefined, note: expect.stringMatching(/^It cannot be listed: /) })
  const outer = Uint8Array.from(await buildArchive([{ path: 'inner.tgz', data: inner }]))
  const { location } = await (await openArchive(new MemorySource(outer))).get('inner.tgz')
  const at = (location?.offset ?? 0) + 30
  const damaged = await opened(outer.with(at, (outer[at] ?? 0) ^ 0xff))
  await expect(damaged.engine.nested('inner.tgz', 0, never)).rejects.toMatchObject({ code: 'integrity' })
})

test('of a nested archive 1,000 entries are given', async () => {
  const target = new MemoryTarget()
  const writer = createArchive(target)
  for (let i = 0; i < 1001; i += 1) await writer.add({ path: `f${String(i).padStart(4, '0')}` })
  await writer.close()
  const { engine } = await opened(await buildArchive([{ path: 'inner.tgz', data: target.bytes() }]))
  const nested = await engine.nested('inner.tgz', 0, never)
  expect(nested.rows).toHaveLength(1000)
  expect(nested).toMatchObject({ isComplete: false, summary: { entryCount: 1001 } })
})

test('entries of a part of a merged archive are those of the part', async () => {
  const whole = await openArchive(new MemorySource(await mergedArchive(['one', 'two'])))
  const archive = await whole.part('two')
  const holder = new ArchiveHolder()
  await holder.hold({ archive, counters: [] })
  const engine = new EntryEngine(holder)
  for await (const { path, place } of archive.entries()) {
    expect(await engine.details(path, place.line, never)).toMatchObject({ path: 'only-in-2', line: place.line })
    expect((await engine.preview(path, { line: place.line, start: 0, as: 'auto' }, never)).text).toBe('x')
  }
})

test('archives of the original are looked into as well', async () => {
  const bytes = fixture('original/plain/archive.tgz')
  const archive = await openArchive(new MemorySource(bytes))
  const { engine, preview } = await opened(bytes)
  for await (const entry of archive.entries()) {
    const details = await engine.details(entry.path, entry.place.line, never)
    expect(details?.problems).toEqual([])
    if (entry.type !== 'file' || entry.sizeBytes === 0) continue
    const { bytes: shown } = await preview(entry.path, { as: 'hex' })
    expectSame(shown, (await archive.bytes(entry)).subarray(0, PREVIEW_BYTES))
  }
})
