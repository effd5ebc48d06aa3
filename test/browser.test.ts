/**
 * The built library in a real Chromium, as a page would load it: ES modules and an import map, no bundler, no Node. The
 * page writes an archive, reads it as a Blob and over HTTP, and posts what it found.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createArchive, MemoryTarget } from 'isptar'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

const PACKAGE = join(import.meta.dirname, '../packages/isptar')
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-quic'],
]

const PAGE = `<!doctype html><meta charset="utf-8"><title>isptar</title>
<script type="importmap">{ "imports": {
  "isptar": "/dist/index.js",
  "#codec": "/dist/gzip/pako-codec.js",
  "#sha256": "/dist/bytes/noble-sha256.js",
  "pako": "/node_modules/pako/dist/pako.mjs",
  "@noble/hashes/sha2.js": "/node_modules/@noble/hashes/sha2.js",
  "@noble/hashes/utils.js": "/node_modules/@noble/hashes/utils.js"
} }</script>
<script type="module">
  import { BlobSource, createArchive, HttpSource, MemoryTarget, openArchive } from 'isptar'
  const found = {}
  try {
    const target = new MemoryTarget()
    const writer = createArchive(target)
    await writer.add({ path: 'note.txt' }, new Blob(['written in a browser']))
    await writer.close()
    await using own = await openArchive(new BlobSource(new File([target.bytes()], 'own.tgz')))
    found.own = await own.text('note.txt')
    found.verified = (await own.verify()).ok
    await using remote = await openArchive(new HttpSource('/archive.tgz'))
    found.paths = []
    for await (const entry of remote.entries()) found.paths.push(entry.path)
    found.part = await new Response(remote.stream('dir/lines.txt', { start: 6, end: 12 })).text()
  } catch (error) {
    found.error = String(error?.stack ?? error)
  }
  await fetch('/found', { method: 'POST', body: JSON.stringify(found) })
</script><body></body>`

let origin = ''
let archive: Uint8Array
const ranges: string[] = []
/** Takes what the page posts. */
let tell: (report: string) => void = () => undefined
const found = new Promise<string>((resolve) => {
  tell = resolve
})
const server = createServer(serve)

beforeAll(async () => {
  const target = new MemoryTarget()
  const writer = createArchive(target)
  await writer.add({ path: 'dir', type: 'directory' })
  await writer.add({ path: 'dir/lines.txt' }, 'line 1\nline 2\n')
  await writer.close()
  archive = target.bytes()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function serve(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname
  if (path === '/found') {
    void text(request).then(tell)
    response.end()
  } else if (path === '/') {
    response.setHeader('content-type', 'text/html').end(PAGE)
  } else if (path === '/archive.tgz') {
    serveRange(request, response)
  } else {
    const file = join(PACKAGE, path)
    if (!existsSync(file)) response.writeHead(404).end()
    else response.setHeader('content-type', 'text/javascript').end(readFileSync(file))
  }
}

function serveRange(request: IncomingMessage, response: ServerResponse): void {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  ranges.push(request.headers.range ?? 'none')
  const start = first === '' ? Math.max(archive.length - Number(last), 0) : Number(first)
  const end = first === '' ? archive.length : Number(last) + 1
  const headers = { 'content-range': `bytes ${start}-${end - 1}/${archive.length}`, etag: '"1"' }
  response.writeHead(206, headers).end(archive.subarray(start, end))
}

test('a page writes, lists and reads archives', async ({ skip }) => {
  const missing =
    CHROMIUM === undefined
      ? 'no Chromium on this machine'
      : existsSync(join(PACKAGE, 'dist/index.js'))
        ? ''
        : 'not built'
  if (missing !== '') {
    if (process.env['ISPTAR_REQUIRE_ALL'] !== undefined) throw new Error(missing)
    console.warn(`skipped: ${missing}`)
    skip(missing)
  }
  const profile = mkdtempSync(join(tmpdir(), 'isptar-chromium-'))
  const browser = spawn(CHROMIUM ?? '', [...FLAGS, `--user-data-dir=${profile}`, `${origin}/`], {
    stdio: 'ignore',
    detached: true,
  })
  const ended = once(browser, 'exit')
  try {
    const early = ended.then(([code]) => Promise.reject(new Error(`the browser ended with ${String(code)}`)))
    expect(JSON.parse(await Promise.race([found, early]))).toEqual({
      own: 'written in a browser',
      verified: true,
      paths: ['dir', 'dir/lines.txt'],
      part: '\nline ',
    })
    expect(ranges).toEqual(['bytes=-65536'])
  } finally {
    // The whole group, as the browser's own processes write to the profile until they end.
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL')
    await ended
    await vi.waitFor(() => rmSync(profile, { recursive: true, force: true }), { timeout: 10_000, interval: 100 })
  }
})
