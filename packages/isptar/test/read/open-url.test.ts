import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openUrl } from '../../src/read/open-url.ts'
import { failureOf } from '../source-suite.ts'
import { HostileServer } from '../io/hostile-server.ts'

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => (index * 13) & 0xff)
let server: HostileServer

beforeEach(async () => {
  server = await HostileServer.start(BYTES)
})
afterEach(async () => server.close())

function slice(count: number): void {
  for (let part = 1; part <= count; part += 1) {
    server.files.set(`/s.tgz.part${part}`, BYTES.slice((part - 1) * 100, part === count ? undefined : part * 100))
  }
}

describe('openUrl', () => {
  it('costs one request, which brings the tail', async () => {
    const source = await openUrl(`${server.url}?signature=secret`)
    expect(await source.readTail(500)).toEqual({ bytes: BYTES.slice(500), sizeBytes: 1000 })
    expect(server.log).toEqual(['GET bytes=-65536'])
    expect(source.name).toBe(server.url)
  })

  it('joins slices, with the query behind each name', async () => {
    slice(9)
    for (const path of ['/s.tgz', '/s.tgz.part1', '/s.tgz.part9']) {
      server.requests.length = 0
      const source = await openUrl(`${server.origin}${path}?v=1`)
      expect(source.name).toBe(`${server.origin}/s.tgz`)
      expect(source.sliceNames).toEqual(
        Array.from({ length: 9 }, (_, index) => `${server.origin}/s.tgz.part${index + 1}`),
      )
      const probes = server.requests.length
      expect(await source.read(50, 100)).toEqual(BYTES.slice(50, 150))
      expect(server.requests.slice(probes).map((request) => `${request.url} ${request.range}`)).toEqual([
        '/s.tgz.part1?v=1 bytes=50-99',
        '/s.tgz.part2?v=1 bytes=0-49',
      ])
      expect(server.requests.every((request) => request.url.endsWith('?v=1'))).toBe(true)
      expect((await source.readTail(200)).sizeBytes).toBe(1000)
    }
  })

  it('takes an address relative to the page', async () => {
    slice(2)
    vi.stubGlobal('document', { baseURI: `${server.origin}/pages/index.html` })
    const source = await openUrl('../s.tgz?v=1')
    vi.unstubAllGlobals()
    expect(source.sliceNames).toEqual([`${server.origin}/s.tgz.part1`, `${server.origin}/s.tgz.part2`])
    expect(await source.read(50, 100)).toEqual(BYTES.slice(50, 150))
  })

  it('says that nothing is there', async () => {
    const error = await failureOf(openUrl(`${server.origin}/s.tgz`))
    expect(error).toMatchObject({ kind: 'not-found', location: `${server.origin}/s.tgz` })
  })

  it('names the slice that is missing', async () => {
    slice(5)
    server.files.delete('/s.tgz.part3')
    const location = `${server.origin}/s.tgz.part3`
    expect(await failureOf(openUrl(`${server.origin}/s.tgz`))).toMatchObject({ kind: 'not-found', location })
    server.files.delete('/s.tgz.part4')
    server.files.delete('/s.tgz.part5')
    expect(await failureOf(openUrl(`${server.origin}/s.tgz.part3`))).toMatchObject({ kind: 'not-found', location })
  })

  it('does not look for slices when something else fails', async () => {
    server.behave(503)
    expect(await failureOf(openUrl(server.url, { retry: { attempts: 1 } }))).toMatchObject({ retryable: true })
    expect(server.requests.length).toBe(1)
  })

  it('tries again what fails in passing, from the first request on', async () => {
    server.behave(503)
    let pauses = 0
    const sleep = async (): Promise<void> => {
      pauses += 1
      server.behave()
    }
    const source = await openUrl(server.url, { retry: { sleep } })
    expect(await source.readTail(500)).toEqual({ bytes: BYTES.slice(500), sizeBytes: 1000 })
    expect(pauses).toBe(1)
  })

  it('does not search for ever where every name exists', async () => {
    const fetch: typeof globalThis.fetch = async () => new Response(null, { headers: { 'content-length': '1' } })
    const search = openUrl(`${server.origin}/s.tgz.part1`, { fetch })
    expect(await failureOf(search)).toMatchObject({ code: 'limit', limit: 'MAX_SLICES', max: 10_000 })
  })

  it('rejects with the reason of an aborted signal', async () => {
    const reason = new Error('enough')
    expect(await failureOf(openUrl(server.url, { signal: AbortSignal.abort(reason) }))).toBe(reason)
  })
})
