/**
 * The built page in a real Chromium: served over loopback beside archives, with a log of what was asked for. Whatever a page
 * writes to the console as an error, throws, or is refused by its policy fails the test that opened it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'

/** The page as it is published. */
export const PAGE_FILE: string = join(import.meta.dirname, '../../dist/page/index.html')

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

/** Answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** What was asked of an archive. */
export interface AskedRange {
  readonly path: string
  /** As it was sent; undefined for the whole. */
  readonly range: string | undefined
  /** Bytes that were sent in answer. */
  readonly bytes: number
}

/** What a test drives. */
export interface PageTest {
  /** Serves a file, or answers a path; gives its address, which is another origin than the page's. */
  serve(path: string, content: Uint8Array | Answer): string
  /** What was asked of what is served, in order. */
  readonly asked: AskedRange[]
  /** Opens the page; `search` is the address's query, with its question mark. */
  open(search?: string, options?: OpenPageOptions): Promise<Page>
  /** Opens the page with an archive that is served. */
  openArchive(path: string, content: Uint8Array | Answer, options?: OpenPageOptions): Promise<Page>
  /** Address of the page. */
  readonly pageUrl: string
  /** Errors that the page told; a test that provokes some takes them out. */
  readonly errors: string[]
}

/** How to open a page. */
export interface OpenPageOptions {
  /** The address, where it is not that of the served page. */
  readonly url?: string
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'light' | 'dark'
  readonly reducedMotion?: 'reduce' | 'no-preference'
  /** Runs in the page before its own script. */
  readonly before?: string
}

/** Why no page can be opened; undefined where one can. In CI it must. */
function whyNoPage(): string | undefined {
  if (CHROMIUM !== undefined && spawnSync(CHROMIUM, ['--version']).status === 0 && existsSync(PAGE_FILE))
    return undefined
  const reason = existsSync(PAGE_FILE) ? 'no Chromium on this machine' : 'the inspector is not built'
  if (process.env['ISPTAR_REQUIRE_ALL'] !== undefined) throw new Error(reason)
  console.warn(`skipped: ${reason}`)
  return reason
}

/** Prepares the tests of a file; call it once, at the top of it. */
export function usePages(): PageTest {
  const contents = new Map<string, Uint8Array | Answer>()
  const contexts: BrowserContext[] = []
  const asked: AskedRange[] = []
  const errors: string[] = []
  let browser: Browser | undefined
  let pages: Served | undefined
  let archives: Served | undefined
  const missing = whyNoPage()

  beforeAll(async () => {
    if (missing !== undefined) return
    const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: flags, chromiumSandbox: false })
    pages = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(readFileSync(PAGE_FILE))
    })
    archives = await listen((request, response) => serveContent(contents, asked, request, response))
  })
  afterAll(async () => {
    await browser?.close()
    for (const { server } of [pages, archives].filter((served) => served !== undefined)) {
      server.closeAllConnections()
      server.close()
    }
  })
  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing)
    contents.clear()
    asked.length = 0
    errors.length = 0
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    expect(errors).toEqual([])
  })

  const test: PageTest = {
    asked,
    errors,
    get pageUrl() {
      return `${pages?.origin}/`
    },
    serve: (path, content) => {
      contents.set(`/${path}`, content)
      return `${archives?.origin}/${path.split('/').map(encodeURIComponent).join('/')}`
    },
    open: async (search = '', { url, before, ...options } = {}) => {
      if (browser === undefined) throw new Error('no browser')
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
      contexts.push(context)
      const page = await context.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
      })
      page.on('pageerror', (error) => errors.push(String(error)))
      await page.addInitScript(
        "addEventListener('securitypolicyviolation', (e) => console.error('refused by the policy: ' + e.violatedDirective + ' ' + e.blockedURI))",
      )
      if (before !== undefined) await page.addInitScript(before)
      await page.goto((url ?? `${pages?.origin}/`) + search)
      return page
    },
    openArchive: (path, content, options) =>
      test.open(`?archive=${encodeURIComponent(test.serve(path, content))}`, options),
  }
  return test
}

interface Served {
  readonly server: Server
  readonly origin: string
}

async function listen(answer: Answer): Promise<Served> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return { server, origin: `http://127.0.0.1:${address.port}` }
}

function serveContent(
  contents: ReadonlyMap<string, Uint8Array | Answer>,
  asked: AskedRange[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
  const content = contents.get(path)
  if (typeof content === 'function') return content(request, response)
  // Another origin than the page's: what servers of archives have to allow.
  const allow = {
    'access-control-allow-origin': '*',
    'access-control-allow-headers': 'range',
    'access-control-expose-headers': 'content-range, etag, accept-ranges',
  }
  if (request.method === 'OPTIONS') return void response.writeHead(204, allow).end()
  if (content === undefined) return void response.writeHead(404, allow).end()
  const { range } = request.headers
  const [start, end] = rangeOf(range, content.length)
  asked.push({ path: path.slice(1), range, bytes: end - start })
  const headers = { ...allow, etag: '"1"', 'accept-ranges': 'bytes', 'content-length': end - start }
  if (range === undefined) return void response.writeHead(200, headers).end(content)
  response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${end - 1}/${content.length}` })
  response.end(content.subarray(start, end))
}

function rangeOf(range: string | undefined, length: number): [start: number, end: number] {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  if (first === '') return [last === '' ? 0 : Math.max(length - Number(last), 0), length]
  return [Number(first), last === '' ? length : Math.min(Number(last) + 1, length)]
}
