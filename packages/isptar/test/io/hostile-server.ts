/**
 * An HTTP server on loopback that behaves in every way servers are known to behave, good and bad. It serves `files` by
 * path; `modes` decides how, one for each request, the last one for all that follow.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the next request is answered. A number is a bare status. */
export type Mode =
  | number
  | 'good'
  | 'suffix-416'
  | 'suffix-200'
  | 'suffix-400'
  | 'suffix-501'
  | 'no-head'
  | 'head-without-length'
  | 'hidden-range'
  | 'unknown-total'
  | 'ignores-range'
  | 'endless-200'
  | 'wrong-start'
  | 'wrong-end'
  | 'malformed-range'
  | 'short-body'
  | 'long-body'
  | 'cut-body'
  | 'cut-headers'
  | 'stall-headers'
  | 'stall-body'
  | 'multipart'
  | 'encoded'
  | 'redirect'

/** One request as it came. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly range: string | undefined
  readonly headers: IncomingMessage['headers']
}

export class HostileServer {
  readonly requests: SeenRequest[] = []
  /** What is served, by path. */
  readonly files = new Map<string, Uint8Array>()
  modes: Mode[] = ['good']
  etag: string | undefined = '"one"'
  lastModified: string | undefined = 'Sat, 01 Jan 2022 00:00:00 GMT'
  /** Connections that the client ended before the answer was out. */
  dropped = 0
  readonly #server: Server
  #answered = 0

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  static async start(content: Uint8Array = new Uint8Array(0)): Promise<HostileServer> {
    const server = new HostileServer()
    server.files.set('/archive.tgz', content)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    return `${this.origin}/archive.tgz`
  }

  /** Methods and ranges seen, as `GET bytes=0-9`. */
  get log(): string[] {
    return this.requests.map(({ method, range }) => (range === undefined ? method : `${method} ${range}`))
  }

  /** Answers the requests from now on in these ways, the last one for all that follow. */
  behave(...modes: Mode[]): void {
    this.modes = modes
    this.#answered = 0
    this.requests.length = 0
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request
    this.requests.push({ method, url, range: headers.range, headers })
    response.on('close', () => {
      if (!response.writableFinished) this.dropped += 1
    })
    const mode = this.modes[Math.min(this.#answered, this.modes.length - 1)] ?? 'good'
    this.#answered += 1
    const path = new URL(url, this.origin).pathname
    const content = this.files.get(path.replace('/moved', ''))
    if (typeof mode === 'number') response.writeHead(mode).end('an error page')
    else if (content === undefined) response.writeHead(404).end('not here')
    else if (mode === 'redirect' && !path.startsWith('/moved'))
      response.writeHead(302, { location: `/moved${url}` }).end()
    else if (mode === 'cut-headers') request.socket.destroy()
    else if (mode === 'stall-headers') return
    else {
      if (this.etag !== undefined) response.setHeader('etag', this.etag)
      if (this.lastModified !== undefined) response.setHeader('last-modified', this.lastModified)
      if (method === 'HEAD') answerHead(response, content, mode)
      else if (mode === 'endless-200') pourForever(response)
      else answerGet(response, content, mode, headers.range)
    }
  }
}

function answerHead(response: ServerResponse, content: Uint8Array, mode: Mode): void {
  if (mode === 'no-head') response.writeHead(405)
  else if (mode !== 'head-without-length') response.setHeader('content-length', content.length)
  response.end()
}

function pourForever(response: ServerResponse): void {
  const pour = (): void => {
    while (!response.destroyed && response.write(new Uint8Array(65_536)));
  }
  response.on('drain', pour)
  pour()
}

function answerGet(response: ServerResponse, content: Uint8Array, mode: Mode, range: string | undefined): void {
  const suffix = /^bytes=-(\d+)$/.exec(range ?? '')
  const explicit = /^bytes=(\d+)-(\d+)$/.exec(range ?? '')
  const refused = suffix !== null && typeof mode === 'string' ? /^suffix-(\d+)$/.exec(mode) : null
  if (refused !== null && refused[1] !== '200') {
    if (refused[1] === '416') response.setHeader('content-range', `bytes */${content.length}`)
    return void response.writeHead(Number(refused[1])).end()
  }
  if (refused !== null || mode === 'ignores-range' || (suffix === null && explicit === null)) {
    return void response.writeHead(200, { 'content-length': content.length }).end(content)
  }
  const start = suffix === null ? Number(explicit?.[1]) : Math.max(0, content.length - Number(suffix[1]))
  const end = suffix === null ? Math.min(Number(explicit?.[2]) + 1, content.length) : content.length
  if (start >= content.length) {
    return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end()
  }
  answerPart(response, content, mode, start, end)
}

function answerPart(response: ServerResponse, content: Uint8Array, mode: Mode, start: number, end: number): void {
  const body = content.subarray(start, end)
  const total = mode === 'unknown-total' ? '*' : content.length
  if (mode === 'wrong-start') response.setHeader('content-range', `bytes ${start - 1}-${end - 2}/${content.length}`)
  else if (mode === 'wrong-end') response.setHeader('content-range', `bytes ${start}-${end - 2}/${content.length}`)
  else if (mode === 'malformed-range') response.setHeader('content-range', `bytes ${end}-${start}/0x9`)
  else if (mode !== 'hidden-range') response.setHeader('content-range', `bytes ${start}-${end - 1}/${total}`)
  if (mode === 'encoded') response.setHeader('content-encoding', 'x-gzip')
  if (mode === 'multipart') response.setHeader('content-type', 'multipart/byteranges; boundary=b')
  response.statusCode = 206
  if (mode === 'cut-body' || mode === 'stall-body') {
    response.setHeader('content-length', body.length)
    response.write(body.subarray(0, body.length >> 1), () => {
      if (mode === 'cut-body') setTimeout(() => response.socket?.destroy(), 20)
    })
  } else if (mode === 'short-body') response.end(body.subarray(1))
  else if (mode === 'long-body') response.end(Buffer.concat([body, new Uint8Array(1)]))
  else response.end(body)
}
