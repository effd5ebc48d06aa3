/** `isptar serve` in process, and requests as no browser would send them. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { serve as runServe, type ServeCommandOptions, type ServeSurroundings } from '../src/actions/serve.ts'
import { Context } from '../src/context.ts'
import type { ServedDescription } from '../src/serve/inspector-page.ts'
import { type FakeIo, fakeIo } from './fake-io.ts'

const META = '<meta name="isptar-archives" content="[]" />'

/** What stands for the page. */
export const PAGE = `<!doctype html><head>${META}</head><title>$& page</title>`

/** An answer, however it ended. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Whether it came to its end. */
  readonly isWhole: boolean
}

/** A server that runs. */
export interface Serving {
  readonly io: FakeIo
  /** Of the page. */
  readonly address: string
  readonly token: string
  readonly port: number
  /** Asks for what is below the page. */
  get(path: string, options?: AskOptions): Promise<Answer>
  /** What the page is told. */
  described(): Promise<readonly ServedDescription[]>
  /** Ends it as SIGINT does; gives the exit code. */
  end(): Promise<number>
}

export interface AskOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Starts it. Whoever calls ends it. */
export async function startServe(
  names: readonly string[],
  options: Partial<ServeCommandOptions> = {},
  surroundings: Partial<ServeSurroundings> = {},
  io: FakeIo = fakeIo({ env: { PATH: process.env['PATH'] ?? '' } }),
): Promise<Serving> {
  const outside: ServeSurroundings = {
    readPage: async () => PAGE,
    openBrowser: async () => {
      throw new Error('no browser is to be opened')
    },
    ...surroundings,
  }
  const ended = runServe(names, { open: true, ...options }, new Context(io, { verbose: true }), outside)
  await Promise.race([ended, printed(io)])
  const address = io.stdout.text.trim()
  const { port, pathname } = new URL(address)
  const serving: Serving = {
    io,
    address,
    token: pathname.slice(1, -1),
    port: Number(port),
    get: (path, ask) => send(Number(port), `${pathname}${path}`, ask),
    described: async () => descriptionsIn((await serving.get('')).body.toString()),
    end: async () => {
      io.controller.abort()
      return ended
    },
  }
  return serving
}

async function printed(io: FakeIo): Promise<void> {
  while (!io.stdout.text.endsWith('\n')) await new Promise((resolve) => setTimeout(resolve, 1))
}

/** Reads what a page was told. */
export function descriptionsIn(html: string): readonly ServedDescription[] {
  const [, content = ''] = /<meta name="isptar-archives" content="([^"]*)" \/>/.exec(html) ?? []
  const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  const text = content.replace(/&([^;]*);/g, (entity, name: string) => characters[name] ?? entity)
  return JSON.parse(text) as readonly ServedDescription[]
}

/** Sends one request, its path as it is. */
export function send(port: number, path: string, { method = 'GET', headers = {} }: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      const settle = (isWhole: boolean): void =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks), isWhole })
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => settle(true))
      response.on('error', () => settle(false))
    })
    asked.on('error', reject)
    asked.end()
  })
}
