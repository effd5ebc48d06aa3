/** What is opened for which places, and what it costs. */
import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import type { OpenRequest, Place } from '../../src/contract/archive-calls.ts'
import { TroubleError } from '../../src/contract/trouble.ts'
import { ArchiveEngine } from '../../src/engine/archive-engine.ts'
import { ArchiveHolder } from '../../src/engine/archive-holder.ts'
import { arrangePlaces } from '../../src/engine/arrange-places.ts'
import { openRequest } from '../../src/engine/open-request.ts'
import { Traffic } from '../../src/engine/traffic.ts'
import { VERSION_2 } from '../../../isptar/test/hostile-archive.ts'
import {
  buildArchive,
  differential,
  fixture,
  hostileArchive,
  mergedArchive,
  siteArchive,
  slicedArchive,
} from '../archives.ts'

const servers: Server[] = []
/** More than is fetched with the end. */
const noise = randomBytes(100_000)
const never = new AbortController().signal

afterAll(() => {
  for (const server of servers) server.close()
})

function file(name: string, bytes: Uint8Array): Place {
  return { type: 'file', name, blob: new Blob([new Uint8Array(bytes)]) }
}

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

function named(...names: readonly string[]): Place[] {
  return names.map((name) => file(name, new Uint8Array(0)))
}

function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

function troubleWith(places: readonly Place[]): unknown {
  try {
    return arrangePlaces(places)
  } catch (error) {
    return error instanceof TroubleError ? error.trouble : error
  }
}

test('slices come into their order, whatever the order they were chosen in', () => {
  const { name, places } = arrangePlaces(
    named('a.tgz.part10', ...[9, 8, 7, 6, 5, 4, 3, 2, 1].map((n) => `a.tgz.part${n}`)),
  )
  expect(name).toBe('a.tgz')
  expect(places.map((place) => place.type === 'file' && place.name)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `a.tgz.part${n}`),
  )
  const urls = [2, 1].map((n): Place => ({ type: 'url', url: `https://h/x/a%20b.tgz.part${n}?sig=1` }))
  expect(arrangePlaces(urls)).toMatchObject({ name: 'a b.tgz', places: [urls[1], urls[0]] })
})

test('what is missing is named', () => {
  expect(troubleWith(named('a.tgz.part1', 'a.tgz.part4', 'a.tgz.part3'))).toMatchObject({
    kind: 'slice-missing',
    title: 'Slice 2 of 4 is missing',
    advice: 'Add a.tgz.part2: choose all slices together.',
  })
  expect(troubleWith(named('a.tgz.part9'))).toMatchObject({
    kind: 'slice-missing',
    title: 'Slices are missing: 1 of 9 are here',
    advice: 'Add a.tgz.part1, a.tgz.part2, a.tgz.part3, a.tgz.part4, a.tgz.part5, …: choose all slices together.',
  })
})

test('what is not one archive is refused', () => {
  expect(troubleWith([])).toMatchObject({ kind: 'choice', title: 'There is nothing to open' })
  expect(troubleWith(named('a.tgz', 'b\u202e.tgz'))).toMatchObject({
    kind: 'choice',
    title: 'These are several archives',
    detail: 'a.tgz, b\\u{202e}.tgz',
  })
  expect(troubleWith(named('a.tgz', 'a.tgz.part1'))).toMatchObject({ kind: 'choice' })
  expect(troubleWith(named('a.tgz.part1', 'b.tgz.part2'))).toMatchObject({ kind: 'choice' })
  expect(troubleWith(named('a.tgz.part1', 'a.tgz.part1'))).toMatchObject({ title: 'Slice 1 is there twice' })
})

test('a file is opened by one read, and its meter says so', async () => {
  const bytes = await siteArchive()
  const engine = new ArchiveEngine(new ArchiveHolder())
  const meters: unknown[] = []
  const request = { places: [file('folder/site.tgz', bytes)] }
  const summary = await engine.open(request, (meter) => meters.push(meter), never)
  expect(summary).toMatchObject({
    name: 'site.tgz',
    sizeBytes: bytes.length,
    formatVersion: 2,
    entryCount: 17,
    bases: [],
    partNames: [],
    hasIndex: false,
    isCatalogue: false,
  })
  expect(meters.at(-1)).toEqual({
    requests: 1,
    bytes: Math.min(65_536, bytes.length),
    sizeBytes: bytes.length,
    isReplaced: false,
  })
  expect(await engine.find('site/etc/motd', never)).toMatchObject({ path: 'site/etc/motd', isFolder: false })
  expect(await engine.find('site/etc/', never)).toMatchObject({ path: 'site/etc', isFolder: true })
  expect(await engine.find('site/nothing', never)).toBeUndefined()
  await engine.close()
})

test('a folder without an entry is found, too', async () => {
  const engine = new ArchiveEngine(new ArchiveHolder())
  await engine.open({ places: [file('a.tgz', await buildArchive([{ path: 'a/b/c', data: 'x' }]))] }, () => {}, never)
  expect(await engine.find('a/b', never)).toEqual({ path: 'a/b', line: -1, isFolder: true })
  await engine.close()
})

test('slices are read as one; a last slice that is missing is told', async () => {
  const slices = await slicedArchive('site.tgz')
  const places = slices.map(({ name, bytes }) => file(name, bytes)).toReversed()
  const engine = new ArchiveEngine(new ArchiveHolder())
  const summary = await engine.open({ places }, () => {}, never)
  expect(summary).toMatchObject({ name: 'site.tgz', sliceNames: slices.map(({ name }) => name) })
  await expect(engine.open({ places: places.slice(1) }, () => {}, never)).rejects.toMatchObject({
    trouble: {
      kind: 'slice-missing',
      title: 'The last slice is missing',
      advice: `The archive goes on behind slice ${slices.length - 1}: add ${slices.at(-1)?.name} and all after it.`,
    },
  })
  // What was open still is.
  expect(await engine.find('site/etc/motd', never)).toBeDefined()
  await engine.close()
})

test('bases are opened with it; one that is another is told, and leaves what was open', async () => {
  const { archive, base, baseName } = await differential()
  const holder = new ArchiveHolder()
  const engine = new ArchiveEngine(holder)
  const alone: OpenRequest = { places: [file('mon.tgz', archive)] }
  const { bases } = await engine.open(alone, () => {}, never)
  expect(bases).toMatchObject([{ name: baseName, isGiven: false }])
  await expect(holder.archive.text('site/docs/guide.txt')).rejects.toMatchObject({ code: 'base-mismatch' })
  const wrong = { ...alone, bases: [{ places: [file('other.tgz', await buildArchive([{ path: 'a' }]))] }] }
  const open = engine.open(wrong, () => {}, never)
  await expect(open).rejects.toMatchObject({ code: 'base-mismatch' })
  expect(await holder.archive.text('site/etc/motd')).toBe('hello, monday\n')
  const meters: unknown[] = []
  const right = { ...alone, bases: [{ places: [file('sun.tgz', base)] }] }
  const summary = await engine.open(right, (meter) => meters.push(meter), never)
  expect(summary.bases).toMatchObject([{ name: baseName, isGiven: true }])
  const bytes = archive.length + base.length
  expect(meters.at(-1)).toEqual({ requests: 2, bytes, sizeBytes: bytes, isReplaced: false })
  expect(await holder.archive.text('site/docs/guide.txt')).toContain('Read this first.')
  await engine.close()
})

test('a base that is no archive is told as what it is', async () => {
  const { archive } = await differential()
  const zip = file('base.zip', Buffer.from(`PK\u0003\u0004${'x'.repeat(60)}`))
  const request = { places: [file('mon.tgz', archive)], bases: [{ places: [zip] }] }
  await expect(openRequest(request, never)).rejects.toMatchObject({
    trouble: { kind: 'not-archive', title: 'This is a zip file, not a tar.gz' },
  })
})

test('a base in an archive is counted after the archive, and what is around it is what is fetched from', async () => {
  const { archive, base } = await differential()
  const outer = await buildArchive([{ path: 'sun.tgz', data: base }])
  const of = { places: [file('outer.tgz', outer)] }
  const request = {
    places: [file('mon.tgz', archive)],
    bases: [{ places: [{ type: 'entry' as const, of, path: 'sun.tgz' }] }],
  }
  const opened = await openRequest(request, never)
  expect(opened.counters.map(({ name }) => name)).toEqual(['mon.tgz', 'sun.tgz', 'outer.tgz'])
  expect(opened.sizeBytes).toBe(archive.length + outer.length)
  expect(await opened.archive.text('site/docs/guide.txt')).toContain('Read this first.')
  await opened.archive.close()
})

test('of two openings the one asked for last counts, whichever is done first', async () => {
  const bytes = await siteArchive()
  let answerSlow = (): void => undefined
  const asked = new Promise<void>((resolve) => {
    answerSlow = resolve
  })
  let release = (): void => undefined
  const origin = await listen((_, response) => {
    release = () =>
      void response.writeHead(206, { 'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}` }).end(bytes)
    answerSlow()
  })
  const holder = new ArchiveHolder()
  const engine = new ArchiveEngine(holder)
  const slow = engine.open({ places: [{ type: 'url', url: `${origin}/slow.tgz` }] }, () => {}, never)
  const refused = rejectionOf(slow)
  await asked
  await engine.open({ places: [file('quick.tgz', bytes)] }, () => {}, never)
  release()
  expect(await refused).toMatchObject({ name: 'AbortError' })
  expect(holder.archive.name).toBe('quick.tgz')
  const late = rejectionOf(engine.open({ places: [file('late.tgz', bytes)] }, () => {}, never))
  await engine.close()
  expect(await late).toMatchObject({ name: 'AbortError' })
  expect(() => holder.archive).toThrow('No archive is open')
})

test('paths are found as they are shown, however they are stored', async () => {
  const bytes = hostileArchive(
    [
      { path: './a', type: 'dir' },
      { path: './a/b', data: 'x' },
    ],
    [VERSION_2],
  )
  const engine = new ArchiveEngine(new ArchiveHolder())
  await engine.open({ places: [file('dots.tgz', bytes)] }, () => {}, never)
  expect(await engine.find('a/b', never)).toEqual({ path: 'a/b', line: 1, isFolder: false })
  expect(await engine.find('./a/', never)).toEqual({ path: 'a', line: 0, isFolder: true })
  await engine.close()
})

test('a base before another may be missing', async () => {
  const full = file('full.tgz', fixture('original/diff/full.tgz'))
  const diff = file('d2.tgz', fixture('original/diff/d2.tgz'))
  const { archive } = await openRequest({ places: [diff], bases: [undefined, { places: [full] }] }, never)
  expect(archive.bases.map((base) => base?.name)).toEqual([undefined, 'full.tgz'])
  await archive.close()
})

test('parts of a merged archive are archives of their own', async () => {
  const places = [file('all.tgz', await mergedArchive(['mon', 'tue']))]
  const engine = new ArchiveEngine(new ArchiveHolder())
  const whole = await engine.open({ places }, () => {}, never)
  expect(whole).toMatchObject({ partNames: ['mon', 'tue'], partName: undefined })
  const part = await engine.open({ places, part: 'tue' }, () => {}, never)
  expect(part).toMatchObject({ partNames: ['mon', 'tue'], partName: 'tue' })
  expect(await engine.find('only-in-2', never)).toBeDefined()
  expect(await engine.find('only-in-1', never)).toBeUndefined()
  await engine.close()
})

test('an archive in an archive is opened where it lies', async () => {
  const holder = new ArchiveHolder()
  const engine = new ArchiveEngine(holder)
  const of = { places: [file('site.tgz', await siteArchive())] }
  const summary = await engine.open({ places: [{ type: 'entry', of, path: 'site/backup.tar.gz' }] }, () => {}, never)
  expect(summary).toMatchObject({ name: 'backup.tar.gz', entryCount: 2 })
  expect(await holder.archive.text('inner/note')).toBe('an archive in an archive\n')
  expect(holder.counters[0]?.name).toBe('backup.tar.gz')
  await engine.close()
})

test('an address is opened by one request', async () => {
  const bytes = await siteArchive()
  const asked: (string | undefined)[] = []
  const origin = await listen((request, response) => {
    asked.push(request.headers.range)
    const start = Math.max(bytes.length - 65_536, 0)
    const headers = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`, etag: '"1"' }
    response.writeHead(206, headers).end(bytes.subarray(start))
  })
  const traffic = new Traffic()
  const { archive } = await openRequest({ places: [{ type: 'url', url: `${origin}/site.tgz` }] }, never, traffic)
  expect(asked).toEqual(['bytes=-65536'])
  expect(traffic.meter).toMatchObject({ requests: 1 })
  await archive.close()
})

test('slices of an address are found, and what finds them is counted', async () => {
  const slices = await slicedArchive('site.tgz')
  let requests = 0
  const origin = await listen((request, response) => {
    requests += 1
    const bytes = slices.find(({ name }) => request.url === `/${name}`)?.bytes
    if (bytes === undefined) return void response.writeHead(404).end()
    if (request.method === 'HEAD') return void response.writeHead(200, { 'content-length': bytes.length }).end()
    const [, first, last = ''] = /^bytes=(\d*)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const start = first === '' ? Math.max(bytes.length - Number(last), 0) : Number(first)
    const end = first === '' ? bytes.length : Number(last) + 1
    response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` })
    response.end(bytes.subarray(start, end))
  })
  const traffic = new Traffic()
  const { archive } = await openRequest({ places: [{ type: 'url', url: `${origin}/site.tgz` }] }, never, traffic)
  expect(archive.sliceNames).toHaveLength(slices.length)
  expect(await archive.text('site/etc/motd')).toBe('hello\n')
  expect(traffic.meter.requests).toBe(requests)
  await archive.close()
})

test('a server without ranges is asked for all of it when that is wanted', async () => {
  const bytes = await siteArchive()
  const origin = await listen((_, response) => {
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  })
  const place = { type: 'url' as const, url: `${origin}/site.tgz` }
  await expect(openRequest({ places: [place] }, never)).rejects.toMatchObject({ kind: 'no-ranges' })
  const traffic = new Traffic()
  const whole = { places: [{ ...place, isFetchedWhole: true }] }
  const { archive } = await openRequest(whole, never, traffic)
  expect(await archive.text('site/etc/motd')).toBe('hello\n')
  expect(traffic.meter).toMatchObject({ requests: 1, bytes: bytes.length, sizeBytes: bytes.length })
  await archive.close()
})

test.each([
  [401, { kind: 'denied' }],
  [404, { kind: 'not-found' }],
  [500, { kind: 'protocol' }],
  [200, { trouble: { kind: 'network', title: 'The connection failed' } }],
])('of what is fetched whole, an answer of %i that is not whole is told', async (status, error) => {
  const origin = await listen((_, response) => {
    response.writeHead(status, { 'content-length': 1000 }).write('begins', () => void response.destroy())
  })
  const places = [{ type: 'url' as const, url: `${origin}/site.tgz`, isFetchedWhole: true }]
  await expect(openRequest({ places }, never)).rejects.toMatchObject(error)
})

test('what is stopped is not opened', async () => {
  const stopping = new AbortController()
  const origin = await listen(() => stopping.abort())
  const engine = new ArchiveEngine(new ArchiveHolder())
  const opening = engine.open({ places: [{ type: 'url', url: `${origin}/site.tgz` }] }, () => {}, stopping.signal)
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' })
})

test('that an archive was replaced is told with what was fetched', async () => {
  const bytes = await buildArchive([
    { path: 'a', data: noise },
    { path: 'b', data: 'b' },
  ])
  let etag = '"1"'
  const origin = await listen(({ headers: { range = '' } }, response) => {
    const [, first = '', last = ''] = /^bytes=(\d*)-(\d+)$/.exec(range) ?? []
    const start = first === '' ? Math.max(bytes.length - Number(last), 0) : Number(first)
    const end = first === '' ? bytes.length : Number(last) + 1
    response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}`, etag })
    response.end(bytes.subarray(start, end))
  })
  const traffic = new Traffic()
  const { archive } = await openRequest({ places: [{ type: 'url', url: `${origin}/site.tgz` }] }, never, traffic)
  expect(traffic.meter.isReplaced).toBe(false)
  etag = '"2"'
  await expect(archive.bytes('a')).rejects.toMatchObject({ kind: 'changed' })
  expect(traffic.meter.isReplaced).toBe(true)
  await archive.close()
})
