/** The bytes of archives that `isptar serve` gives: slices, bases, catalogues, remote ones. */
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpSource, isIsptarError, openArchive, openSlices } from 'isptar'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'
import { type Serving, startServe } from './serve-scene.ts'

const ARCHIVE = fixture('plain/archive.tgz')

let folder = ''
let serving: Serving | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-serve-'))
})
afterEach(async () => {
  await serving?.end()
  serving = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function start(...args: Parameters<typeof startServe>): Promise<Serving> {
  serving = await startServe(...args)
  return serving
}

function at(path: string): string {
  return join(folder, path)
}

describe('one file', () => {
  const bytes = readFileSync(ARCHIVE)
  const size = bytes.length

  test('whole', async () => {
    const { get } = await start([ARCHIVE])
    const { status, headers, body } = await get('archives/0/archive.tgz')
    expect(status).toBe(200)
    expect(body.equals(bytes)).toBe(true)
    expect(headers).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': String(size),
      'content-type': 'application/gzip',
      'content-security-policy': "sandbox; default-src 'none'",
    })
    expect(headers.etag).toMatch(/^"[^"]+"$/)
  })

  test('HEAD tells the size, whatever range comes along', async () => {
    const { get } = await start([ARCHIVE])
    const { headers: whole } = await get('archives/0/archive.tgz')
    const ask = { method: 'HEAD', headers: { range: 'bytes=0-9' } }
    const { status, headers, body } = await get('archives/0/archive.tgz', ask)
    expect([status, headers['content-length'], headers.etag, body.length]).toEqual([200, String(size), whole.etag, 0])
  })

  test.each([
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['Bytes = 10-19 ', 10, 20],
    [`bytes=${size - 1}-`, size - 1, size],
    ['bytes=0-', 0, size],
    [`bytes=5-${size * 2}`, 5, size],
    ['bytes=-100', size - 100, size],
    [`bytes=-${size + 1}`, 0, size],
    ['bytes=0-99999999999999999999999', 0, size],
  ])('%s', async (range, first, end) => {
    const { get } = await start([ARCHIVE])
    const { status, headers, body } = await get('archives/0/archive.tgz', { headers: { range } })
    expect([status, headers['content-range']]).toEqual([206, `bytes ${first}-${end - 1}/${size}`])
    expect(headers['content-length']).toBe(String(end - first))
    expect(body.equals(bytes.subarray(first, end))).toBe(true)
  })

  test.each([`bytes=${size}-`, `bytes=${size}-${size + 5}`, 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s: 416, and the size',
    async (range) => {
      const { get } = await start([ARCHIVE])
      const { status, headers } = await get('archives/0/archive.tgz', { headers: { range } })
      expect([status, headers['content-range']]).toEqual([416, `bytes */${size}`])
    },
  )

  test.each(['bytes=5-4', 'bytes=-', 'bytes=a-b', 'lines=0-1', 'bytes=0-0,5-9', '0-1'])(
    '%s: the whole',
    async (range) => {
      const { get } = await start([ARCHIVE])
      const { status, body } = await get('archives/0/archive.tgz', { headers: { range } })
      expect([status, body.length]).toEqual([200, size])
    },
  )

  test('a range of another version (If-Range): the whole', async () => {
    const { get } = await start([ARCHIVE])
    const { headers } = await get('archives/0/archive.tgz')
    const ask = (condition: string) =>
      get('archives/0/archive.tgz', { headers: { range: 'bytes=0-0', 'if-range': condition } })
    expect((await ask(headers.etag ?? '')).status).toBe(206)
    expect((await ask('"other"')).status).toBe(200)
    expect((await ask(`W/${headers.etag}`)).status).toBe(200)
  })

  test('is opened by the library over HTTP', async () => {
    const { address, described } = await start([ARCHIVE])
    const [first] = await described()
    const archive = await openArchive(new HttpSource(new URL(first?.slices[0] ?? '', address)))
    expect((await archive.verify()).problems).toEqual([])
    await archive.close()
  })

  test('any name: what is no letter is percent-encoded, also bytes that are not UTF-8', async () => {
    const name = 'a "b" <c> ä%2F&\u{1f4e6}\n.tgz'
    cpSync(ARCHIVE, at(name))
    const { get, described } = await start([at(name)])
    const [first] = await described()
    expect(first?.name).toBe(name)
    expect(first?.slices).toEqual(['archives/0/a%20%22b%22%20%3Cc%3E%20%C3%A4%252F%26%F0%9F%93%A6%0A.tgz'])
    expect((await get(first?.slices[0] ?? '')).body.equals(bytes)).toBe(true)
  })

  test('of several archives each has its number, and one that is named twice is one', async () => {
    mkdirSync(at('a'))
    mkdirSync(at('b'))
    cpSync(ARCHIVE, at('a/x.tgz'))
    cpSync(fixture('types/archive.tgz'), at('b/x.tgz'))
    const { get, described } = await start([at('a/x.tgz'), at('b/x.tgz'), at('b/../b/x.tgz')])
    const told = await described()
    expect(told.map(({ slices, files }) => [slices, files])).toEqual([
      [['archives/0/x.tgz'], 'files/0/'],
      [['archives/1/x.tgz'], 'files/1/'],
    ])
    expect((await get('archives/0/x.tgz')).body.equals(bytes)).toBe(true)
    expect((await get('archives/1/x.tgz')).body.equals(readFileSync(fixture('types/archive.tgz')))).toBe(true)
  })
})

describe('an archive that changes', () => {
  const changes: readonly (readonly [string, () => void])[] = [
    ['longer', () => appendFileSync(at('x.tgz'), 'x')],
    ['shorter', () => truncateSync(at('x.tgz'), 1000)],
    ['written anew, as long as before', () => utimesSync(at('x.tgz'), 1, 1)],
  ]

  test.each(changes)('%s: nothing of it is given any more', async (_, change) => {
    await makeLarge()
    const { address, get, io } = await start([at('x.tgz')])
    const source = new HttpSource(new URL('archives/0/x.tgz', address))
    await source.read(0, 10)
    change()
    expect((await get('archives/0/x.tgz')).status).toBe(409)
    expect((await get('archives/0/x.tgz', { headers: { range: 'bytes=0-9' } })).status).toBe(416)
    expect((await get('files/0/large')).status).toBe(409)
    const failed = await source.read(0, 10).catch((error: unknown) => error)
    expect(isIsptarError(failed, 'storage') && 'kind' in failed && failed.kind).toBe('changed')
    expect(io.stderr.text).toMatch(/^isptar: archives\/0\/x\.tgz: cannot read \S+: it changed while it was read/)
  })

  test('replaced by a rename: the old one is read on', async () => {
    cpSync(ARCHIVE, at('x.tgz'))
    const { get } = await start([at('x.tgz')])
    writeFileSync(at('new'), 'something else')
    renameSync(at('new'), at('x.tgz'))
    expect((await get('archives/0/x.tgz')).body.equals(readFileSync(ARCHIVE))).toBe(true)
  })
})

describe('slices', () => {
  const names = Array.from({ length: 8 }, (_, index) => `archive.tgz.part${index + 1}`)
  const files = names.map((name) => readFileSync(fixture(`sliced/${name}`)))

  test.each(['sliced/archive.tgz', 'sliced/archive.tgz.part3'])('%s: each by its own address', async (name) => {
    const { get, described, address } = await start([fixture(name)])
    const [first] = await described()
    expect(first?.name).toBe('archive.tgz')
    expect(first?.slices).toEqual(names.map((slice) => `archives/0/${slice}`))
    for (const [index, slice] of (first?.slices ?? []).entries()) {
      const { status, body, headers } = await get(slice)
      expect([status, headers['content-length']]).toEqual([200, String(files[index]?.length)])
      expect(body.equals(files[index] ?? Buffer.alloc(0))).toBe(true)
    }
    const parts = (first?.slices ?? []).map((slice) => ({
      name: slice,
      open: async () => new HttpSource(new URL(slice, address)),
    }))
    const archive = await openArchive(openSlices(parts, { name: 'archive.tgz' }))
    expect((await archive.verify()).problems).toEqual([])
    await archive.close()
  })

  test('ranges are those of the slice', async () => {
    const { get } = await start([fixture('sliced/archive.tgz')])
    const size = files[1]?.length ?? 0
    const { body, headers } = await get('archives/0/archive.tgz.part2', { headers: { range: 'bytes=-7' } })
    expect(body.equals(files[1]?.subarray(-7) ?? Buffer.alloc(0))).toBe(true)
    expect(headers['content-range']).toBe(`bytes ${size - 7}-${size - 1}/${size}`)
    const past = await get('archives/0/archive.tgz.part2', { headers: { range: `bytes=${size}-` } })
    expect(past.status).toBe(416)
    const tags = await Promise.all(names.map(async (name) => (await get(`archives/0/${name}`)).headers.etag))
    expect(new Set(tags).size).toBe(8)
  })

  test('one that is missing: 404 where it is needed, and the terminal says which', async () => {
    for (const slice of [1, 2, 4, 5, 6, 7, 8])
      cpSync(fixture(`sliced/archive.tgz.part${slice}`), at(`x.tgz.part${slice}`))
    const { get, io } = await start([at('x.tgz')])
    const { status, body } = await get('archives/0/x.tgz.part3')
    expect([status, body.toString()]).toEqual([404, 'a part of the archive is missing\n'])
    expect(io.stderr.text).toContain('x.tgz.part3: slice 3 is missing')
    expect((await get('archives/0/x.tgz.part4')).body.equals(files[3] ?? Buffer.alloc(0))).toBe(true)
  })

  test('one that is missing is fetched when it is asked for', async () => {
    cpSync(fixture('sliced/archive.tgz.part8'), at('x.tgz.part8'))
    const log = at('log')
    writeFileSync(
      at('fetch.sh'),
      `#!/bin/sh\necho "$1" >> '${log}'; cp '${fixture('sliced')}'/archive.tgz.part"$1" "$2"\n`,
    )
    const fetchSlice = `sh '${at('fetch.sh')}' %n %f`
    const { get } = await start([at('x.tgz.part8')], { fetchSlice })
    for (let time = 0; time < 2; time += 1) {
      const { body } = await get('archives/0/x.tgz.part5')
      expect(body.equals(files[4] ?? Buffer.alloc(0))).toBe(true)
    }
    const fetched = readFileSync(log, 'utf8').trim().split('\n')
    expect(fetched.filter((slice) => slice === '5')).toEqual(['5'])
    expect(fetched.length).toBeLessThan(3)
  })
})

describe('a differential', () => {
  test('its bases are given by addresses of their own', async () => {
    const { get, described } = await start([fixture('diff/d2.tgz')], {
      base: [fixture('diff/d1.tgz'), fixture('diff/full.tgz')],
    })
    const [first] = await described()
    const told = first?.bases.map((base) => base && [base.name, base.slices, base.bases, base.catalogue, base.files])
    expect(told).toEqual([
      ['d1.tgz', ['archives/1/d1.tgz'], [], null, undefined],
      ['full.tgz', ['archives/2/full.tgz'], [], null, undefined],
    ])
    expect((await get('archives/1/d1.tgz')).body.equals(readFileSync(fixture('diff/d1.tgz')))).toBe(true)
    expect((await get('archives/2/full.tgz')).body.equals(readFileSync(fixture('diff/full.tgz')))).toBe(true)
    // A base has no files of its own to give.
    expect((await get('files/1/x')).status).toBe(404)
  })

  test('slices of a base', async () => {
    const base = [fixture('diff-sliced/base.tgz')]
    const { get, described } = await start([fixture('diff-sliced/diff.tgz')], { base })
    const [first] = await described()
    const slices = first?.bases[0]?.slices ?? []
    expect(slices).toHaveLength(8)
    const bodies = await Promise.all(slices.map(async (slice) => (await get(slice)).body))
    for (const [index, body] of bodies.entries())
      expect(body.equals(readFileSync(fixture(`diff-sliced/base.tgz.part${index + 1}`)))).toBe(true)
  })

  test('bases that are not at hand are not told', async () => {
    await makeChain()
    rmSync(at('full.tgz'))
    const { described, get, io } = await start([at('d2.tgz')])
    const [first] = await described()
    expect(first?.bases.map((base) => base?.name)).toEqual(['d1.tgz'])
    const { status, body } = await get('files/0/site/a')
    expect([status, body.toString()]).toEqual([500, 'it could not be read: the terminal of isptar serve says why\n'])
    expect(io.stderr.text).toMatch(/^isptar: files\/0\/site\/a: .*base/)
  })

  test('one before another that is not at hand is null', async () => {
    await makeChain()
    const { described } = await start([at('d2.tgz')], {})
    expect((await described())[0]?.bases.map((base) => base?.name)).toEqual(['d1.tgz', 'full.tgz'])
    await serving?.end()
    rmSync(at('d1.tgz'))
    const { described: later } = await start([at('d2.tgz')])
    expect((await later())[0]?.bases.map((base) => base?.name ?? null)).toEqual([null, 'full.tgz'])
  })

  test('a wrong base: it does not begin', async () => {
    await makeChain()
    await expect(start([at('d1.tgz')], { base: [ARCHIVE] })).rejects.toThrow(/base/)
  })
})

test('a catalogue is given along, for an archive whose end is gone', async () => {
  mkdirSync(at('site'))
  writeFileSync(at('site/a'), 'of the archive\n')
  await isptar('create', '--save-listing', at('x.cat'), '-C', folder, at('x.tgz'), 'site')
  const whole = readFileSync(at('x.tgz'))
  truncateSync(at('x.tgz'), whole.length - 100)
  const { described, get } = await start([at('x.tgz')], { listing: at('x.cat') })
  const [first] = await described()
  expect(first?.catalogue).toBe('archives/1/x.cat')
  expect((await get('archives/1/x.cat')).body.equals(readFileSync(at('x.cat')))).toBe(true)
  expect((await get('archives/0/x.tgz')).body.equals(whole.subarray(0, -100))).toBe(true)
  expect((await get('files/0/site/a')).body.toString()).toBe('of the archive\n')
})

describe('a remote archive', () => {
  let remote: Server
  let asked: IncomingMessage[] = []
  let files: Map<string, Buffer>
  let etag = ''
  let credentials = ''
  beforeEach(async () => {
    asked = []
    files = new Map([['/store/site.tgz', readFileSync(ARCHIVE)]])
    etag = '"one"'
    credentials = 'me:password'
    remote = createServer((request, response) => {
      asked.push(request)
      const url = new URL(request.url ?? '', 'http://x')
      const bytes = url.searchParams.get('sig') === 'secret' ? files.get(url.pathname) : undefined
      if (bytes === undefined) return void response.writeHead(404).end()
      if (request.headers.authorization !== `Basic ${btoa(credentials)}`) return void response.writeHead(401).end()
      const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
      const start = first === '' ? Math.max(0, bytes.length - Number(last)) : Number(first)
      const end = first === '' ? bytes.length : Number(last) + 1
      const head = { 'content-length': bytes.length, etag }
      if (request.method === 'HEAD') return void response.writeHead(200, head).end()
      const range = `bytes ${start}-${end - 1}/${bytes.length}`
      response.writeHead(206, { ...head, 'content-length': end - start, 'content-range': range })
      response.end(bytes.subarray(start, end))
    })
    await once(remote.listen(0, '127.0.0.1'), 'listening')
  })
  afterEach(() => {
    remote.close()
    remote.closeAllConnections()
  })

  function url(path: string): string {
    return `http://me:password@127.0.0.1:${(remote.address() as AddressInfo).port}${path}?sig=secret`
  }

  test('is read by ranges; what opens it does not reach the page', async () => {
    const { get, described, io } = await start([url('/store/site.tgz')])
    expect(asked).toHaveLength(1)
    const [first] = await described()
    expect(first).toMatchObject({ name: 'site.tgz', slices: ['archives/0/site.tgz'] })
    const { body } = await get('archives/0/site.tgz', { headers: { range: 'bytes=100-199' } })
    expect(body.equals(readFileSync(ARCHIVE).subarray(100, 200))).toBe(true)
    expect((await get('archives/0/site.tgz')).body.equals(readFileSync(ARCHIVE))).toBe(true)
    expect((await get('files/0/data/one')).status).toBe(200)
    expect(asked.every(({ headers }) => headers.range !== undefined)).toBe(true)
    const page = (await get('')).body.toString()
    for (const secret of ['secret', 'password', 'store', 'sig']) expect(page).not.toContain(secret)
    expect(io.stdout.text + io.stderr.text).not.toMatch(/secret|password/)
  })

  test('in slices', async () => {
    files = new Map(
      [1, 2, 3, 4, 5, 6, 7, 8].map((slice) => [
        `/x%20y.tgz.part${slice}`,
        readFileSync(fixture(`sliced/archive.tgz.part${slice}`)),
      ]),
    )
    const { get, described } = await start([url('/x%20y.tgz')])
    const [first] = await described()
    expect(first?.slices[2]).toBe('archives/0/x%20y.tgz.part3')
    expect(
      (await get('archives/0/x%20y.tgz.part3')).body.equals(files.get('/x%20y.tgz.part3') ?? Buffer.alloc(0)),
    ).toBe(true)
  })

  test('as a base keeps its query; nothing of it is asked for before the page does', async () => {
    await makeChain()
    files.set('/full.tgz', readFileSync(at('full.tgz')))
    rmSync(at('full.tgz'))
    const { get, described } = await start([at('d1.tgz')], { base: [url('/full.tgz')] })
    const before = asked.length
    const [first] = await described()
    expect(first?.bases[0]?.slices).toEqual(['archives/1/full.tgz'])
    expect(asked.length).toBe(before)
    expect((await get('archives/1/full.tgz')).body.equals(files.get('/full.tgz') ?? Buffer.alloc(0))).toBe(true)
    expect((await get('files/0/site/a')).body.toString()).toBe('of the full one\n')
  })

  const troubles: readonly (readonly [string, number, () => void])[] = [
    ['replaced', 416, () => void (etag = '"two"')],
    ['cut short', 416, () => void files.set('/large.tgz', Buffer.alloc(10))],
    ['gone', 404, () => files.clear()],
    ['refused', 403, () => void (credentials = 'others')],
  ]
  test.each(troubles)('that is %s: %i', async (_, status, change) => {
    await makeLarge()
    files.set('/large.tgz', readFileSync(at('x.tgz')))
    const { get, io } = await start([url('/large.tgz')])
    change()
    expect((await get('archives/0/large.tgz', { headers: { range: 'bytes=0-9' } })).status).toBe(status)
    expect(io.stderr.text).toMatch(/^isptar: archives\/0\/large\.tgz: /)
    expect(io.stderr.text).not.toMatch(/secret|password/)
  })
})

async function isptar(...argv: string[]): Promise<void> {
  const io = fakeIo()
  expect([await run(argv, io), io.stderr.text]).toEqual([0, ''])
}

/** Makes `x.tgz`, whose `large` does not lie in what is read of its end. */
async function makeLarge(): Promise<void> {
  writeFileSync(at('large'), randomBytes(300_000))
  await isptar('create', '-C', folder, at('x.tgz'), 'large')
}

/** Makes `full.tgz`, `d1.tgz` and `d2.tgz`; `site/a` is in the first alone. */
async function makeChain(): Promise<void> {
  mkdirSync(at('site'))
  writeFileSync(at('site/a'), 'of the full one\n')
  await isptar('create', '-C', folder, at('full.tgz'), 'site')
  writeFileSync(at('site/b'), 'of d1\n')
  await isptar('create', '-C', folder, at('d1.tgz'), 'site', '--base', at('full.tgz'))
  writeFileSync(at('site/c'), 'of d2\n')
  await isptar('create', '-C', folder, at('d2.tgz'), 'site', '--base', at('d1.tgz'))
}
