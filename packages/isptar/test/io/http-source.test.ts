/** What the HTTP source asks, and what it believes of the answers. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HttpSource } from '../../src/io/http-source.ts'
import { collect, failureOf } from '../source-suite.ts'
import { HostileServer } from './hostile-server.ts'
import type { Mode } from './hostile-server.ts'

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => (index * 13) & 0xff)
let server: HostileServer

beforeEach(async () => {
  server = await HostileServer.start(BYTES)
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await server.close()
})

/** Short only where it has to pass. */
const timeoutFor = (mode: Mode): number | undefined => (String(mode).startsWith('stall') ? 100 : undefined)

describe('requests', () => {
  const cases: [Mode, string[]][] = [
    ['good', ['GET bytes=-100']],
    // A 416 tells the size.
    ['suffix-416', ['GET bytes=-100', 'GET bytes=900-999']],
    ['suffix-200', ['GET bytes=-100', 'HEAD', 'GET bytes=900-999']],
    ['suffix-400', ['GET bytes=-100', 'HEAD', 'GET bytes=900-999']],
    ['suffix-501', ['GET bytes=-100', 'HEAD', 'GET bytes=900-999']],
    ['hidden-range', ['GET bytes=-100', 'HEAD', 'GET bytes=900-999']],
    ['unknown-total', ['GET bytes=-100', 'HEAD', 'GET bytes=900-999']],
  ]
  it.each(cases)('of a tail (%s)', async (mode, requests) => {
    server.behave(mode)
    const source = new HttpSource(server.url)
    expect(await source.readTail(100)).toEqual({ bytes: BYTES.slice(900), sizeBytes: 1000 })
    expect(server.log).toEqual(requests)
  })

  it('learn that suffixes are refused once and for all', async () => {
    server.behave('suffix-200')
    const source = new HttpSource(server.url)
    await source.readTail(100)
    server.requests.length = 0
    await source.readTail(50)
    expect(server.log).toEqual(['GET bytes=950-999'])
  })

  it.each(['no-head', 'head-without-length'] as const)('of the size without HEAD (%s)', async (mode) => {
    server.behave(mode)
    expect(await new HttpSource(server.url).readTail(0)).toEqual({ bytes: new Uint8Array(0), sizeBytes: 1000 })
    expect(server.log).toEqual(['HEAD', 'GET bytes=0-0'])
  })

  it('are none for what is known already', async () => {
    const source = new HttpSource(server.url)
    await source.readTail(1)
    server.requests.length = 0
    await source.readTail(0)
    await source.read(5, 0)
    expect(await failureOf(source.read(999, 2))).toMatchObject({ kind: 'out-of-range' })
    expect(server.log).toEqual([])
  })

  it('are one for a stream, and one for an empty resource', async () => {
    const source = new HttpSource(server.url)
    await collect(source.stream(10, 800))
    expect(server.log).toEqual(['GET bytes=10-809'])
    server.files.set('/empty.tgz', new Uint8Array(0))
    server.requests.length = 0
    expect((await new HttpSource(`${server.origin}/empty.tgz`).readTail(100)).sizeBytes).toBe(0)
    expect(server.log).toEqual(['GET bytes=-100'])
  })

  it('carry headers, ask for no encoding, and send the password as basic credentials only', async () => {
    const url = server.url.replace('http://', 'http://me:p%40ss@')
    const source = new HttpSource(url, { headers: { 'x-token': 'abc' } })
    await source.readTail(0)
    await source.read(0, 1)
    expect(server.log).toEqual(['HEAD', 'GET bytes=0-0'])
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({
        'x-token': 'abc',
        'accept-encoding': 'identity',
        authorization: `Basic ${btoa('me:p@ss')}`,
      })
    }
  })

  it('from a page of another origin do without the suffix when its preflight fails', async () => {
    vi.stubGlobal('location', { origin: 'https://page.example', href: 'https://page.example/' })
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (new Headers(init?.headers).get('range')?.startsWith('bytes=-')) throw new TypeError('Failed to fetch')
      return globalThis.fetch(input, init)
    }
    const source = new HttpSource(server.url, { fetch })
    expect(await source.readTail(100)).toEqual({ bytes: BYTES.slice(900), sizeBytes: 1000 })
    expect(server.log).toEqual(['HEAD', 'GET bytes=900-999'])
  })
})

describe('answers', () => {
  const cases: [Mode, string, boolean][] = [
    ['ignores-range', 'no-ranges', false],
    ['endless-200', 'no-ranges', false],
    ['wrong-start', 'protocol', false],
    ['wrong-end', 'protocol', false],
    ['malformed-range', 'protocol', false],
    ['multipart', 'protocol', false],
    ['encoded', 'protocol', false],
    ['short-body', 'protocol', true],
    ['long-body', 'protocol', false],
    ['cut-body', 'connection', true],
    ['cut-headers', 'connection', true],
    ['stall-headers', 'timeout', true],
    ['stall-body', 'timeout', true],
    [400, 'protocol', false],
    [401, 'denied', false],
    [403, 'denied', false],
    [404, 'not-found', false],
    [408, 'timeout', true],
    [410, 'not-found', false],
    [416, 'out-of-range', false],
    [418, 'protocol', false],
    [429, 'other', true],
    [500, 'other', true],
    [501, 'other', false],
    [503, 'other', true],
  ]
  it.each(cases)('%s to a range are %s', async (mode, kind, retryable) => {
    server.behave(mode)
    for (const call of ['read', 'stream'] as const) {
      const source = new HttpSource(`${server.url}?signature=secret`, { timeoutMs: timeoutFor(mode) })
      const error = await failureOf(call === 'read' ? source.read(100, 50) : collect(source.stream(100, 50)))
      expect(error).toMatchObject({ code: 'storage', kind, retryable, location: server.url })
      expect(String(error)).toContain(server.url)
      expect(String(error)).not.toContain('secret')
    }
    expect(server.log).toEqual(['GET bytes=100-149', 'GET bytes=100-149'])
  })

  const tails = cases.filter(([mode]) => ![400, 401, 403, 416, 501, 'ignores-range', 'endless-200'].includes(mode))
  it.each(tails)('%s to a suffix are %s', async (mode, kind, retryable) => {
    server.behave(mode)
    const source = new HttpSource(server.url, { timeoutMs: timeoutFor(mode) })
    expect(await failureOf(source.readTail(50))).toMatchObject({ code: 'storage', kind, retryable })
  })

  it.each(['ignores-range', 'endless-200'] as const)('%s to a suffix are no-ranges in the end', async (mode) => {
    server.behave(mode)
    const error = await failureOf(new HttpSource(server.url).readTail(50))
    expect(error).toMatchObject({ kind: 'no-ranges' })
    expect(String(error)).toMatch(/switch ranges on/)
  })

  it('200 with an endless body are dropped, not downloaded', async () => {
    server.behave('endless-200')
    await failureOf(new HttpSource(server.url).read(0, 10))
    await vi.waitFor(() => expect(server.dropped).toBe(1))
  })

  it('a range that ends behind the resource is out of range', async () => {
    const error = await failureOf(new HttpSource(server.url).read(990, 20))
    expect(error).toMatchObject({ kind: 'out-of-range' })
    expect(String(error)).toContain('it has 1000 bytes')
  })

  it('an unreachable server is a connection that failed', async () => {
    const gone = await HostileServer.start()
    const { url } = gone
    await gone.close()
    const error = await failureOf(new HttpSource(url).read(0, 1))
    expect(error).toMatchObject({ kind: 'connection', retryable: true })
    expect(String(error)).toContain('ECONNREFUSED')
  })
})

describe('the version', () => {
  const open = async (): Promise<HttpSource> => {
    const source = new HttpSource(server.url)
    await source.readTail(10)
    return source
  }

  it('is told by the ETag', async () => {
    const source = await open()
    server.etag = '"two"'
    const error = await failureOf(source.read(0, 10))
    expect(error).toMatchObject({ kind: 'changed', retryable: false })
    expect(String(error)).toContain('its ETag was "one" and is now "two"')
  })

  it('is the same whether the ETag is called weak or not', async () => {
    const source = await open()
    server.etag = 'W/"one"'
    expect(await source.read(0, 10)).toEqual(BYTES.slice(0, 10))
  })

  it('is told by Last-Modified where there is no ETag', async () => {
    server.etag = undefined
    const source = await open()
    server.lastModified = 'Sun, 02 Jan 2022 00:00:00 GMT'
    expect(await failureOf(source.read(0, 10))).toMatchObject({ kind: 'changed' })
  })

  it('is told by the size where there is neither', async () => {
    server.etag = undefined
    server.lastModified = undefined
    const source = await open()
    server.files.set('/archive.tgz', BYTES.slice(0, 990))
    expect(await failureOf(source.read(0, 10))).toMatchObject({ kind: 'changed' })
    expect(await failureOf(source.read(995, 5))).toMatchObject({ kind: 'changed' })
  })

  it('is told by a 416 inside the size that was', async () => {
    const source = await open()
    server.behave(416)
    expect(await failureOf(source.read(0, 10))).toMatchObject({ kind: 'changed' })
  })
})

describe('callers', () => {
  it('end their own request by aborting, and no other', async () => {
    server.behave('stall-body', 'good')
    const source = new HttpSource(server.url)
    const controller = new AbortController()
    const reason = new Error('enough')
    const stalled = failureOf(source.read(0, 100, { signal: controller.signal }))
    await vi.waitFor(() => expect(server.requests.length).toBe(1))
    const other = source.read(100, 100)
    controller.abort(reason)
    expect(await stalled).toBe(reason)
    expect(await other).toEqual(BYTES.slice(100, 200))
    await vi.waitFor(() => expect(server.dropped).toBe(1))
  })

  it('end the request by leaving a stream', async () => {
    server.behave('stall-body')
    for await (const chunk of new HttpSource(server.url).stream(0, 1000)) {
      expect(chunk).toEqual(BYTES.slice(0, chunk.length))
      break
    }
    await vi.waitFor(() => expect(server.dropped).toBe(1))
  })

  it('may take their time without being taken for a stalled server', async () => {
    const pieces = [BYTES.slice(0, 500), BYTES.slice(500)]
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => {
        const piece = pieces.shift()
        if (piece === undefined) controller.close()
        else controller.enqueue(piece)
      },
    })
    const fetch: typeof globalThis.fetch = async () =>
      new Response(body, { status: 206, headers: { 'content-range': 'bytes 0-999/1000' } })
    const chunks: Uint8Array[] = []
    for await (const chunk of new HttpSource(server.url, { fetch, timeoutMs: 20 }).stream(0, 1000)) {
      await new Promise((resolve) => setTimeout(resolve, 60))
      chunks.push(chunk)
    }
    expect(new Uint8Array(Buffer.concat(chunks))).toEqual(BYTES)
  })

  it.each(['not a url', '/relative', 'ftp://me:secret@example/x', 'file:///etc/passwd'])('misuse it with %s', (url) => {
    expect(() => new HttpSource(url)).toThrow(TypeError)
    expect(() => new HttpSource(url)).not.toThrow(/secret/)
  })

  it('on a page may give a relative URL', () => {
    vi.stubGlobal('location', { origin: 'https://page.example', href: 'https://page.example/a/b' })
    expect(new HttpSource('c.tgz?x=1#y').name).toBe('https://page.example/a/c.tgz')
  })

  it.each([0, -1, Number.NaN])('misuse it with a timeout of %d', (timeoutMs) => {
    expect(() => new HttpSource(server.url, { timeoutMs })).toThrow(RangeError)
  })
})
