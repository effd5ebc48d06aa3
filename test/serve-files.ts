/** A server of ranges over loopback: just enough HTTP for archives that are read where they lie. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A running server. */
export interface FileServer {
  /** The address at which a file of the disk is served. */
  urlOf(path: string): string
  close(): Promise<void>
}

/** Serves every file that this process can read, whole or one range of it. */
export async function serveFiles(): Promise<FileServer> {
  const server = createServer((request, response) => {
    const bytes = readFileSync(decodeURIComponent((request.url ?? '/').slice(1)))
    const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
    const start = first === '' ? Math.max(bytes.length - Number(last), 0) : Number(first)
    const end = first === '' || last === '' ? bytes.length : Math.min(Number(last) + 1, bytes.length)
    const headers = { etag: '"1"', 'accept-ranges': 'bytes' }
    if (request.headers.range === undefined) {
      response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes)
    } else if (start >= end) {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${bytes.length}` }).end()
    } else {
      const range = `bytes ${start}-${end - 1}/${bytes.length}`
      response.writeHead(206, { ...headers, 'content-range': range, 'content-length': end - start })
      response.end(bytes.subarray(start, end))
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    urlOf: (path) => `http://127.0.0.1:${port}/${encodeURIComponent(path)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
