/**
 * A web server with one file on the loopback interface, as plain as a static host: GET, HEAD and single byte ranges. It
 * keeps a record of what was asked of it, so that the demonstration can show it.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { basename } from 'node:path'
import { pipeline } from 'node:stream'

/**
 * Serves a file until closed.
 *
 * @param {string} path - the file
 * @returns {Promise<{ url: string, requests: { range: string, bytes: number }[], close: () => Promise<void> }>}
 */
export async function serveFile(path) {
  const { size, mtimeMs } = await stat(path)
  const etag = `"${size.toString(16)}-${Math.trunc(mtimeMs).toString(16)}"`
  const name = `/${basename(path)}`
  const requests = []
  const server = createServer((request, response) => {
    if (new URL(request.url, 'http://localhost').pathname !== name) return void response.writeHead(404).end()
    const range = parseRange(request.headers.range, size)
    if (range === 'unsatisfiable') {
      return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end()
    }
    const { start, end } = range ?? { start: 0, end: size }
    requests.push({ range: request.headers.range ?? 'all', bytes: end - start })
    const headers = {
      'accept-ranges': 'bytes',
      'content-length': end - start,
      'content-type': 'application/gzip',
      etag,
    }
    if (range !== undefined) headers['content-range'] = `bytes ${start}-${end - 1}/${size}`
    response.writeHead(range === undefined ? 200 : 206, headers)
    if (request.method === 'HEAD' || start === end) return void response.end()
    pipeline(createReadStream(path, { start, end: end - 1 }), response, () => {})
  })
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${server.address().port}${name}`, requests, close }
}

/** Gives the range that a header asks for, end exclusive; undefined when it asks for none that can be served alone. */
function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (match === null || header === 'bytes=-') return undefined
  const [first, last] = [match[1], match[2]]
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  return start < end ? { start, end } : 'unsatisfiable'
}
