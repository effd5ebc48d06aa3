/** Single files that `isptar serve` gives out of archives. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createArchive, decodeText, openArchive } from 'isptar'
import { FileTarget, openFile } from 'isptar/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type HostileEntry, hostileArchive, VERSION_2 } from '../../isptar/test/hostile-archive.ts'
import { fixture } from './fixture.ts'
import { type Serving, startServe } from './serve-scene.ts'

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

async function startHostile(entries: readonly HostileEntry[]): Promise<Serving> {
  const path = join(folder, 'x.tgz')
  writeFileSync(path, hostileArchive(entries))
  return start([path])
}

function encoded(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

describe('a file', () => {
  test.each([
    'plain/archive.tgz',
    'types/archive.tgz',
    'oddnames/archive.tgz',
    'longnames/archive.tgz',
    'sliced/archive.tgz',
  ])('each one of %s, by its path; what has no data: 404', async (name) => {
    const { get } = await start([fixture(name)])
    const archive = await openArchive(await openFile(fixture(name)))
    for await (const entry of archive.entries()) {
      const { status, body, headers } = await get(`files/0/${encoded(entry.pathBytes)}`)
      if (entry.type === 'file' || entry.type === 'hardlink') {
        const bytes = await entry.bytes()
        expect([entry.path, status, body.equals(bytes)]).toEqual([entry.path, 200, true])
        expect(headers['content-length']).toBe(String(bytes.length))
      } else {
        expect([status, body.toString()]).toEqual([404, `this is a ${entry.type}: it has no data\n`])
      }
    }
    await archive.close()
  })

  test('of a differential: out of its base', async () => {
    const base = [fixture('diff/d1.tgz'), fixture('diff/full.tgz')]
    const { get } = await start([fixture('diff/d2.tgz')], { base })
    const bases = await Promise.all(base.map(async (path) => openArchive(await openFile(path))))
    const opened = await openArchive(await openFile(fixture('diff/d2.tgz')), { bases })
    let fromBases = 0
    for await (const entry of opened.entries()) {
      if (entry.type !== 'file') continue
      if ((entry.location?.depth ?? 0) > 0) fromBases += 1
      expect((await get(`files/0/${encoded(entry.pathBytes)}`)).body.equals(await entry.bytes())).toBe(true)
    }
    expect(fromBases).toBeGreaterThan(0)
    await opened.close()
  })

  test('a leading ./ and a trailing / do not matter, and %2F is /', async () => {
    const { get } = await start([fixture('plain/archive.tgz')])
    const { headers } = await get('files/0/data/one')
    for (const path of ['./data/one', 'data%2Fone', '%64ata/one', 'data/one?download'])
      expect((await get(`files/0/${path}`)).headers.etag).toBe(headers.etag)
  })

  test('that is not there: 404', async () => {
    const { get } = await start([fixture('plain/archive.tgz')])
    const { status, body, headers } = await get('files/0/data/none')
    expect([status, body.toString()]).toEqual([404, 'the archive has no entry of this path\n'])
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  test('a hardlink has the data of its file and its own name; one to nothing or to itself has none', async () => {
    const { get } = await startHostile([
      { path: 'a.txt', data: 'data' },
      { path: 'b.bin', type: 'hard', linkTarget: 'c' },
      { path: 'c', type: 'hard', linkTarget: 'a.txt' },
      { path: 'd', type: 'hard', linkTarget: 'gone' },
      { path: 'e', type: 'hard', linkTarget: 'e' },
    ])
    const { body, headers } = await get('files/0/b.bin', { headers: { range: 'bytes=1-2' } })
    expect(body.toString()).toBe('at')
    expect(headers['content-disposition']).toBe('attachment; filename="b.bin"')
    for (const path of ['d', 'e']) expect((await get(`files/0/${path}`)).status).toBe(404)
  })

  test('that changed while it was packed is given, and the terminal says so', async () => {
    const path = join(folder, 'x.tgz')
    writeFileSync(path, hostileArchive([{ path: 'a', data: 'data', columns: ['dirty=1'] }], [VERSION_2]))
    const { get, io } = await start([path])
    expect((await get('files/0/a')).body.toString()).toBe('data')
    expect(io.stderr.text).toBe('isptar: files/0/a: it changed while it was packed; parts of it may not fit together\n')
  })

  test('that is empty', async () => {
    const { get } = await startHostile([{ path: 'empty.txt' }])
    const { status, headers, body } = await get('files/0/empty.txt')
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0])
    const { status: past } = await get('files/0/empty.txt', { headers: { range: 'bytes=0-' } })
    expect(past).toBe(416)
  })
})

describe('a part of a file', () => {
  const data = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 7919) >>> 4))

  test.each([
    ['with seek points', 65_536],
    ['without', 0],
  ])('%s', async (_, seekBytes) => {
    const path = join(folder, 'x.tgz')
    const writer = createArchive(new FileTarget(path), { seekBytes })
    await writer.add({ path: 'x.bin' }, data)
    await writer.close()
    const { get } = await start([path])
    const { headers: whole } = await get('files/0/x.bin', { method: 'HEAD' })
    expect(whole['content-length']).toBe('700000')
    for (const [range, first, end] of [
      ['bytes=0-0', 0, 1],
      ['bytes=400000-600000', 400_000, 600_001],
      ['bytes=-10', 699_990, 700_000],
      ['bytes=650000-', 650_000, 700_000],
    ] as const) {
      const { status, headers, body } = await get('files/0/x.bin', { headers: { range } })
      expect([status, headers['content-range']]).toEqual([206, `bytes ${first}-${end - 1}/700000`])
      expect(body.equals(data.subarray(first, end))).toBe(true)
      expect(headers.etag).toBe(whole.etag)
    }
  })
})

describe('types', () => {
  const text = 'plain words, ä\n'
  test.each([
    ['a.txt', 'text/plain; charset=utf-8', 'inline'],
    ['a.LOG', 'text/plain; charset=utf-8', 'inline'],
    ['a.ts', 'text/plain; charset=utf-8', 'inline'],
    ['a.html', 'text/html; charset=utf-8', 'attachment'],
    ['a.xhtml', 'application/xhtml+xml', 'attachment'],
    ['a.xml', 'application/xml', 'attachment'],
    ['a.svg', 'image/svg+xml', 'attachment'],
    ['a.svgz', 'image/svg+xml', 'attachment'],
    ['a.js', 'text/javascript; charset=utf-8', 'attachment'],
    ['a.css', 'text/css; charset=utf-8', 'attachment'],
    ['a.json', 'application/json', 'attachment'],
    ['a.wasm', 'application/wasm', 'attachment'],
    ['a.swf', 'application/x-shockwave-flash', 'attachment'],
    ['a.png', 'image/png', 'inline'],
    ['a.jpeg', 'image/jpeg', 'inline'],
    ['a.webp', 'image/webp', 'inline'],
    ['a.pdf', 'application/pdf', 'inline'],
    ['a.mp3', 'audio/mpeg', 'inline'],
    ['a.mp4', 'video/mp4', 'inline'],
    ['a.html.txt', 'text/plain; charset=utf-8', 'inline'],
    ['a.tar.gz', 'application/gzip', 'attachment'],
    ['a.unheard-of', 'application/octet-stream', 'attachment'],
    ['png', 'application/octet-stream', 'attachment'],
    ['.html', 'application/octet-stream', 'attachment'],
    ['a.png/b', 'application/octet-stream', 'attachment'],
    ['a.', 'application/octet-stream', 'attachment'],
  ])('%s: %s, %s', async (path, type, kind) => {
    const { get } = await startHostile([{ path, data: text }])
    const { headers } = await get(`files/0/${path}`)
    expect(headers['content-type']).toBe(type)
    expect(headers['content-disposition']).toBe(`${kind}; filename="${path.replace(/^.*\//, '')}"`)
    const policy = String(headers['content-security-policy'])
    if (/^(?:audio|video)/.test(type))
      expect(policy).toBe("default-src 'none'; media-src 'self'; style-src 'unsafe-inline'")
    else expect(policy.replace("; style-src 'unsafe-inline'", '')).toBe("sandbox; default-src 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  test('text that is not UTF-8 has no charset, and neither has text of which the beginning is not at hand', async () => {
    const { get } = await startHostile([
      { path: 'latin1.txt', data: Uint8Array.of(0x61, 0xe4, 0x62) },
      { path: 'utf8.txt', data: text },
    ])
    expect((await get('files/0/latin1.txt')).headers['content-type']).toBe('text/plain')
    const part = { headers: { range: 'bytes=2-3' } }
    expect((await get('files/0/utf8.txt', part)).headers['content-type']).toBe('text/plain')
    expect((await get('files/0/utf8.txt', { method: 'HEAD' })).headers['content-type']).toBe('text/plain')
  })
})

describe('names that are meant to do harm', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['a way out', '../../evil.bin', 'attachment; filename="evil.bin"'],
    ['nothing but a way out', 'x/..', 'attachment; filename="file"'],
    ['absolute', '/etc/evil.bin', 'attachment; filename="evil.bin"'],
    ['of another system', '..\\evil.bin', `attachment; filename=".._evil.bin"`],
    ['a newline', 'a\r\nSet-Cookie: x=1', 'attachment; filename="a__Set-Cookie: x=1"'],
    [
      'a quotation mark',
      'a"; filename="b',
      `attachment; filename="a_; filename=_b"; filename*=UTF-8''a%22%3B%20filename%3D%22b`,
    ],
    ['a percent sign', '%41%22', `attachment; filename="_41_22"; filename*=UTF-8''%2541%2522`],
    ['letters', 'grün 📦.bin', `attachment; filename="gr_n _.bin"; filename*=UTF-8''gr%C3%BCn%20%F0%9F%93%A6.bin`],
    ['turned around', 'a\u202Egpj.bin', `attachment; filename="a_gpj.bin"`],
    ['not UTF-8', Uint8Array.of(0x61, 0xff, 0x62), `attachment; filename="a_b"`],
  ])('%s', async (_, path, disposition) => {
    const bytes = Buffer.from(path)
    const { get } = await startHostile([{ path, data: 'data' }])
    const { status, headers, body } = await get(`files/0/${encoded(bytes)}`)
    expect([decodeText(bytes), status, body.toString()]).toEqual([decodeText(bytes), 200, 'data'])
    expect(headers['content-disposition']).toBe(disposition)
    expect(headers['set-cookie']).toBeUndefined()
  })
})

describe('data that is not what was recorded', () => {
  test('small: a status, and none of it', async () => {
    const { get, io } = await startHostile([{ path: 'a.txt', data: 'wrong data', corrupt: true }])
    const { status, body, headers } = await get('files/0/a.txt')
    expect([status, body.toString()]).toEqual([500, 'it could not be read: the terminal of isptar serve says why\n'])
    expect(headers['content-disposition']).toBeUndefined()
    expect(headers.etag).toBeUndefined()
    expect(io.stderr.text).toMatch(/^isptar: files\/0\/a\.txt: .*CRC/)
  })

  test('large: the answer breaks off', async () => {
    const data = randomBytes(3_000_000)
    const { get, io } = await startHostile([
      { path: 'a.txt', data, corrupt: true },
      { path: 'b.txt', data },
    ])
    const { status, body, headers, isWhole } = await get('files/0/a.txt')
    expect([status, headers['content-length'], isWhole]).toEqual([200, '3000000', false])
    expect(body.length).toBeLessThan(3_000_000)
    expect(io.stderr.text).toMatch(/^isptar: files\/0\/a\.txt: .*CRC/)
    expect((await get('files/0/b.txt')).isWhole).toBe(true)
  })
})
