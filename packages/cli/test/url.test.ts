import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'

/** The server of the demonstration. */
interface RangeServer {
  readonly url: string
  readonly requests: readonly { readonly range: string; readonly bytes: number }[]
  close(): Promise<void>
}

const ARCHIVE = fixture('plain/archive.tgz')

let server: RangeServer
beforeEach(async () => {
  const path = new URL('../demo/range-server.mjs', import.meta.url).href
  const { serveFile } = (await import(path)) as { serveFile(path: string): Promise<RangeServer> }
  server = await serveFile(ARCHIVE)
})
afterEach(() => server.close())

test('a remote archive is listed as a local one', async () => {
  const [local, remote] = [fakeIo(), fakeIo()]
  await run(['list', '-l', '--utc', ARCHIVE], local)
  expect(await run(['list', '-l', '--utc', server.url], remote)).toBe(0)
  expect(remote.stderr.text).toBe('')
  expect(remote.stdout.text).toBe(local.stdout.text)
})

test('info says what was asked of the server', async () => {
  const io = fakeIo()
  expect(await run(['info', '--json', server.url], io)).toBe(0)
  const { read, size, name } = JSON.parse(io.stdout.text) as Record<string, unknown>
  const bytes = server.requests.reduce((sum, request) => sum + request.bytes, 0)
  expect(read).toEqual({ bytes, requests: server.requests.length })
  expect(size).toBe(readFileSync(ARCHIVE).length)
  expect(name).toBe(server.url)
})

test('a file comes by ranges, never by the whole', async () => {
  const io = fakeIo()
  expect(await run(['cat', server.url, 'data/one'], io)).toBe(0)
  expect(io.stdout.bytes.length).toBe(1)
  expect(server.requests.map(({ range }) => range)).not.toContain('all')
})

test('a redirection without end says so', async () => {
  const looping = createServer((_request, response) => response.writeHead(302, { location: '/x' }).end())
  await once(looping.listen(0, '127.0.0.1'), 'listening')
  const { port } = looping.address() as AddressInfo
  const io = fakeIo()
  try {
    expect(await run(['list', `http://127.0.0.1:${port}/x`], io)).toBe(10)
  } finally {
    looping.close()
    looping.closeAllConnections()
  }
  expect(io.stderr.text).toMatch(/redirect count exceeded\n$/)
})

test('what is not there is a failure of the store', async () => {
  const io = fakeIo()
  expect(await run(['list', `${server.url}.none`], io)).toBe(10)
  expect(io.stderr.text).toMatch(/^isptar: [^\n]+\n$/)
})
