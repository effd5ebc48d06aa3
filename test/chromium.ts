/**
 * Pages in a real Chromium: ES modules and an import map, no bundler, no Node. A page gets the built library, runs a script
 * and posts what it found.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { vi } from 'vitest'

const PACKAGE = join(import.meta.dirname, '../packages/isptar')
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-quic'],
]

const IMPORTS = {
  isptar: '/dist/index.js',
  '#codec': '/dist/gzip/pako-codec.js',
  '#sha256': '/dist/bytes/noble-sha256.js',
  pako: '/node_modules/pako/dist/pako.mjs',
  '@noble/hashes/sha2.js': '/node_modules/@noble/hashes/sha2.js',
  '@noble/hashes/utils.js': '/node_modules/@noble/hashes/utils.js',
}

/** A page and what is served beside it and the library. */
export interface Page {
  /** The body of a module: it fills `found`, which is posted when it ends; what it throws becomes `found.error`. */
  readonly script: string
  /** Static imports of the module. */
  readonly imports?: string
  /** Headers of the page. */
  readonly headers?: Readonly<Record<string, string>>
  /** Files by their path on the server; a function answers by itself. */
  readonly files?: Readonly<Record<string, string | ((request: IncomingMessage, response: ServerResponse) => void)>>
}

/** Says why no page can be opened, unless all must be; undefined where one can. */
export function whyNoPage(): string | undefined {
  const reason = CHROMIUM === undefined ? 'no Chromium on this machine' : 'the library is not built'
  if (CHROMIUM !== undefined && existsSync(join(PACKAGE, 'dist/worker/archive-worker.js'))) return undefined
  if (process.env['ISPTAR_REQUIRE_ALL'] !== undefined) throw new Error(reason)
  console.warn(`skipped: ${reason}`)
  return reason
}

/** Opens a page and gives what it posts. */
export async function openPage(page: Page): Promise<unknown> {
  let tell: (report: string) => void = () => undefined
  const found = new Promise<string>((resolve) => {
    tell = resolve
  })
  const server = createServer((request, response) => serve(page, request, response, tell))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const profile = mkdtempSync(join(tmpdir(), 'isptar-chromium-'))
  const browser = spawn(CHROMIUM ?? '', [...FLAGS, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
    stdio: 'ignore',
    detached: true,
  })
  const ended = once(browser, 'exit')
  try {
    const early = ended.then(([code]) => Promise.reject(new Error(`the browser ended with ${String(code)}`)))
    return JSON.parse(await Promise.race([found, early]))
  } finally {
    // The whole group, as the browser's own processes write to the profile until they end.
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL')
    await ended
    server.closeAllConnections()
    server.close()
    await vi.waitFor(() => rmSync(profile, { recursive: true, force: true }), { timeout: 10_000, interval: 100 })
  }
}

function serve(page: Page, request: IncomingMessage, response: ServerResponse, tell: (report: string) => void): void {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname
  const own = page.files?.[path]
  const built = join(PACKAGE, path)
  if (path === '/found') {
    void text(request).then(tell)
    response.end()
  } else if (path === '/') {
    response.writeHead(200, { 'content-type': 'text/html', ...page.headers }).end(htmlOf(page))
  } else if (typeof own === 'function') {
    own(request, response)
  } else if (own === undefined && !(/^\/(dist|node_modules)\/.*\.m?js$/.test(path) && existsSync(built))) {
    response.writeHead(404).end()
  } else {
    response.setHeader('content-type', 'text/javascript').end(own ?? readFileSync(built))
  }
}

function htmlOf({ imports = '', script }: Page): string {
  return `<!doctype html><meta charset="utf-8"><title>isptar</title>
<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>
<script type="module">
  ${imports}
  const found = {}
  try {
    ${script}
  } catch (error) {
    found.error = String(error?.stack ?? error)
  }
  await fetch('/found', { method: 'POST', body: JSON.stringify(found) })
</script><body></body>`
}

/** Serves one range of bytes, as a server of files does. */
export function serveRange(bytes: Uint8Array, request: IncomingMessage, response: ServerResponse): void {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const start = first === '' ? Math.max(bytes.length - Number(last), 0) : Number(first)
  const end = first === '' ? bytes.length : Number(last) + 1
  const headers = { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}`, etag: '"1"' }
  response.writeHead(206, headers).end(bytes.subarray(start, end))
}
