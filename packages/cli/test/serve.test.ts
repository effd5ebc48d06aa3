/** Who is answered by `isptar serve`, what the page is told, and how it begins and ends. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { openerOf } from '../src/serve/open-browser.ts'
import { isOurs } from '../src/serve/router.ts'
import { fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'
import { type Answer, PAGE, send, type Serving, startServe } from './serve-scene.ts'

const ARCHIVE = fixture('plain/archive.tgz')

let serving: Serving | undefined
afterEach(async () => {
  await serving?.end()
  serving = undefined
})

async function start(...args: Parameters<typeof startServe>): Promise<Serving> {
  serving = await startServe(...args)
  return serving
}

describe('who is answered', () => {
  test.each([
    ['no token', () => '/'],
    ['a wrong one', (token: string) => `/${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}/`],
    ['a part of it', (token: string) => `/${token.slice(0, 10)}/`],
    ['one more character', (token: string) => `/${token}x/`],
    ['it as a query', (token: string) => `/?${token}`],
    ['it in the second place', (token: string) => `//${token}/`],
  ])('%s: 404, without a hint', async (_, path) => {
    const { port, token } = await start([ARCHIVE])
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await send(port, path(token), { method })
      expect([answer.status, answer.body.toString()]).toEqual([404, 'not found\n'])
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  test('the token has 256 bits and is another each time', async () => {
    const one = await start([ARCHIVE])
    expect(one.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/$/)
    await one.end()
    const other = await start([ARCHIVE])
    expect(other.token).not.toBe(one.token)
  })

  test.each(['evil.example', 'evil.example:PORT', '127.0.0.1', 'localhost:1', '127.0.0.1:PORT.evil.example'])(
    'Host %j: 421',
    async (host) => {
      const { port, get } = await start([ARCHIVE])
      const answer = await get('', { headers: { host: host.replace('PORT', String(port)) } })
      expect(answer.status).toBe(421)
      expect(answer.body.toString()).not.toContain('isptar-archives')
    },
  )

  test('no Host at all: 421', async () => {
    const { port, token } = await start([ARCHIVE])
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET /${token}/ HTTP/1.0\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 421 /)
    socket.destroy()
  })

  test.each(['localhost:PORT', 'LOCALHOST:PORT', '127.0.0.1:PORT'])('Host %s: 200', async (host) => {
    const { port, get } = await start([ARCHIVE])
    expect((await get('', { headers: { host: host.replace('PORT', String(port)) } })).status).toBe(200)
  })

  test('Host without a port is of port 80', () => {
    expect([isOurs('localhost', 80), isOurs('127.0.0.1:80', 80), isOurs('localhost', 8080)]).toEqual([
      true,
      true,
      false,
    ])
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s: 405', async (method) => {
    const { get } = await start([ARCHIVE])
    const { status, headers } = await get('', { method })
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  test.each([
    'x',
    'archives',
    'archives/0',
    'archives/0/',
    'archives/0/other.tgz',
    'archives/0/archive.tgz/x',
    'archives/1/archive.tgz',
    'archives/00/../0/archive.tgz',
    'archives/0/..%2Farchive.tgz',
    'archives/-1/archive.tgz',
    'archives/0.0/archive.tgz',
    'archives/__proto__/archive.tgz',
    'files',
    'files/0',
    'files/1/data/one',
    'files/0/data/%',
    'files/0/data/%zz',
    'files/0/../../../../../../etc/passwd',
    'files/0/..%2F..%2F..%2F..%2Fetc%2Fpasswd',
    'files/0//etc/passwd',
    '../archive.tgz',
  ])('%s: 404', async (path) => {
    const { get } = await start([ARCHIVE])
    expect((await get(path)).status).toBe(404)
  })

  test('an address that is too long: 414, or 431 where not even the head is read', async () => {
    const { get } = await start([ARCHIVE])
    expect((await get(`files/0/${'x'.repeat(17_000)}`)).status).toBe(414)
    expect((await get(`files/0/${'x'.repeat(40_000)}`)).status).toBe(431)
  })

  test.each(['', 'x', 'archives/0/archive.tgz', 'files/0/data/one'])(
    '%j: headers that keep others out',
    async (path) => {
      const { get } = await start([ARCHIVE])
      const { headers } = await get(path)
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      })
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
      const policy = path === '' ? /^frame-ancestors 'none'$/ : /default-src 'none'/
      expect(headers['content-security-policy']).toMatch(policy)
    },
  )
})

describe('the page', () => {
  test('is told of the archives, and is else as it was', async () => {
    const { get, described } = await start([ARCHIVE])
    const { status, headers, body } = await get('')
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body.toString().replace(/content="[^"]*"/, 'content="[]"')).toBe(PAGE)
    expect(Number(headers['content-length'])).toBe(body.length)
    expect(await described()).toEqual([
      {
        name: 'archive.tgz',
        slices: ['archives/0/archive.tgz'],
        bases: [],
        catalogue: null,
        files: 'files/0/',
      },
    ])
  })

  test('HEAD gives its head; a query does not matter', async () => {
    const { get } = await start([ARCHIVE])
    const whole = await get('')
    const { status, headers, body } = await get('?x=/y', { method: 'HEAD' })
    expect([status, headers['content-length'], body.length]).toEqual([200, String(whole.body.length), 0])
  })

  test.each(['<p>no place</p>', PAGE + PAGE])('of another version: %s', async (page) => {
    await expect(start([ARCHIVE], {}, { readPage: async () => page })).rejects.toThrow(/another version/)
  })

  test('that was not built says so', async () => {
    const io = fakeIo()
    expect(await run(['serve', ARCHIVE], io)).toBe(10)
    expect(io.stderr.text).toMatch(/^isptar: the page that shows archives cannot be read: \S+inspector\.html; build/)
  })
})

describe('how it begins and ends', () => {
  test('without a terminal no browser is opened; the address is all that is printed', async () => {
    const { io, end, address } = await start([ARCHIVE])
    expect(io.stdout.text).toBe(`${address}\n`)
    expect(await end()).toBe(0)
    expect(io.stderr.text).toBe('')
    await expect(send(Number(new URL(address).port), '/')).rejects.toThrow(/ECONNREFUSED/)
  })

  test('on a terminal the browser is opened, unless --no-open', async () => {
    const opened: string[] = []
    const openBrowser = async (address: string): Promise<void> => void opened.push(address)
    const one = await start([ARCHIVE], {}, { openBrowser }, fakeIo({ tty: true }))
    expect(opened).toHaveLength(1)
    const [host, secret = ''] = (opened[0] ?? '').split(/(?<=:\d+\/)/)
    expect(host).toBe(new URL(one.address).origin + '/')
    expect(secret).toMatch(/^[\w-]{43}$/)
    const look = (path: string, method = 'GET'): Promise<Answer> => send(one.port, path, { method })
    // Others may read the address that a browser was opened by: it is good once, and gives nothing else.
    for (const path of [`/${secret}/`, `/${secret}/archives/0/archive.tgz`, `//${secret}`, `/${secret.slice(1)}`])
      expect((await look(path)).status).toBe(404)
    expect((await look(`/${secret}`, 'HEAD')).status).toBe(404)
    const { status, headers } = await look(`/${secret}`)
    expect([status, headers.location]).toEqual([303, `/${one.token}/`])
    expect((await look(`/${secret}`)).status).toBe(404)
    expect((await look(`/${one.token}/`)).status).toBe(200)
    await one.end()
    await start([ARCHIVE], { open: false }, { openBrowser }, fakeIo({ tty: true }))
    expect(opened).toHaveLength(1)
  })

  test('it goes on without a browser', async () => {
    const { io, get } = await start([ARCHIVE], {}, {}, fakeIo({ tty: true }))
    expect((await get('')).status).toBe(200)
    expect(io.stderr.text).toContain('no browser could be opened (no browser is to be opened): open the address')
  })

  test.each([
    ['linux', ['xdg-open', 'http://x/']],
    ['darwin', ['open', 'http://x/']],
    ['win32', ['cmd', '/c', 'start', '""', 'http://x/']],
  ] as const)('on %s a browser is opened by %j', (platform, expected) => {
    expect(openerOf(platform, 'http://x/')).toEqual(expected)
  })

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const taken = other.address()
    const port = typeof taken === 'object' ? taken?.port : undefined
    await expect(start([ARCHIVE], { port: port ?? 0 })).rejects.toThrow(
      /cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/,
    )
    other.close()
    await once(other, 'close')
    expect((await start([ARCHIVE], { port: port ?? 0 })).port).toBe(port)
  })

  test.each([
    ['no archive', 10, [fixture('plain/none.tgz')], /no such file/],
    ['not an archive', 3, [fixture('plain/listing.txt')], /listing\.txt/],
    ['one of two', 10, [ARCHIVE, fixture('plain/none.tgz')], /no such file/],
    ['standard input', 2, ['-'], /standard input/],
    ['bases of two', 2, ['--base', ARCHIVE, ARCHIVE, fixture('types/archive.tgz')], /--base is for one archive/],
    ['a catalogue of two', 2, ['--listing', 'x', ARCHIVE, fixture('types/archive.tgz')], /--listing is for one/],
    ['no port', 2, ['--port', '0', ARCHIVE], /whole number from 1 to 65535/],
  ])('%s: exit code %i', async (_, code, args, message) => {
    // Without the page it would end before; the action is what the command runs.
    const io = fakeIo()
    const { serve } = await import('../src/actions/serve.ts')
    const { Context } = await import('../src/context.ts')
    const { exitCodeOf } = await import('../src/exit-code.ts')
    if (args.includes('--port')) {
      expect(await run(['serve', ...args], io)).toBe(code)
      expect(io.stderr.text).toMatch(message)
      return
    }
    const flag = args[0]?.startsWith('--') ? args[0].slice(2) : undefined
    const options = flag === 'base' ? { base: [args[1] ?? ''] } : flag === 'listing' ? { listing: args[1] ?? '' } : {}
    const names = flag === undefined ? args : args.slice(2)
    const surroundings = { readPage: async () => PAGE, openBrowser: async () => {} }
    const failed = await serve(names, { open: false, ...options }, new Context(io, {}), surroundings).catch(
      (e: unknown) => e,
    )
    expect(exitCodeOf(failed)).toBe(code)
    expect(String(failed)).toMatch(message)
    expect(io.stdout.text).toBe('')
  })
})
