import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createArchive } from 'isptar'
import { FileTarget } from 'isptar/node'
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

async function serve(archive: string): Promise<RangeServer> {
  const path = new URL('../demo/range-server.mjs', import.meta.url).href
  const { serveFile } = (await import(path)) as { serveFile(path: string): Promise<RangeServer> }
  return serveFile(archive)
}

let server: RangeServer
beforeEach(async () => {
  server = await serve(ARCHIVE)
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

test('one of many files is extracted without the listing of the others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  const archive = join(folder, 'many.tgz')
  const writer = createArchive(new FileTarget(archive))
  for (let k = 10_000; k < 40_000; k += 1)
    await writer.add({ path: `files/${k}`, mtime: new Date(k * 7) }, String(k * k))
  const { listingBytes } = await writer.close()
  const many = await serve(archive)
  try {
    const io = fakeIo()
    expect(await run(['extract', many.url, '-C', join(folder, 'out'), './files/23456'], io)).toBe(0)
    expect(readFileSync(join(folder, 'out/files/23456'), 'utf8')).toBe(String(23_456 ** 2))
    expect(many.requests.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(256 * 1024)
    expect(listingBytes).toBeGreaterThan(384 * 1024)
  } finally {
    await many.close()
    rmSync(folder, { recursive: true })
  }
})
