/** Sends bytes so that none that are wrong are ever taken for right. */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ByteRange, parseRange } from './byte-range.ts'
import { CONTENT_HEADERS, type HeaderFields } from './headers.ts'
import { refuse } from './refuse.ts'

/** What can be asked for, whole or in part. */
export interface Content {
  readonly sizeBytes: number
  /** A strong validator, in quotes. */
  readonly etag: string
  /** What the user is to know of it. */
  readonly warning?: string | undefined
  /** Header fields of its own; `beginning` are its first bytes, where they were read. */
  headers(beginning: Uint8Array | undefined): HeaderFields
  /** Reads a part of it. Its last bytes come only once all were checked. */
  read(range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array>
}

/**
 * Answers with content: the whole, or the one range that is asked for. The head waits for the first bytes, so that what
 * fails at once can still be told by a status.
 *
 * @param signal - aborted when the client has gone; reading ends then
 * @throws what reading throws; where the head was sent, the caller must break the connection
 */
export async function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  content: Content,
  signal: AbortSignal,
): Promise<void> {
  const { sizeBytes, etag } = content
  const range = request.method === 'GET' ? rangeOf(request, content) : undefined
  const own = { ...CONTENT_HEADERS, etag }
  if (range === 'unsatisfiable') return refuse(response, 416, { ...own, 'content-range': `bytes */${sizeBytes}` })
  const { start, end } = range ?? { start: 0, end: sizeBytes }
  const head = (beginning: Uint8Array | undefined): void => {
    const part: HeaderFields = range ? { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` } : {}
    const headers = { ...own, 'content-length': end - start, ...part, ...content.headers(beginning) }
    response.writeHead(range ? 206 : 200, headers)
  }
  if (request.method === 'HEAD' || sizeBytes === 0) {
    head(undefined)
    response.end()
    return
  }
  await sendChunks(response, content.read({ start, end }, signal), signal, (first) =>
    head(start === 0 ? first : undefined),
  )
}

/** The range asked for; none where it is one of another version (If-Range). */
function rangeOf({ headers }: IncomingMessage, { sizeBytes, etag }: Content): ReturnType<typeof parseRange> {
  const condition = headers['if-range']
  return condition === undefined || condition === etag ? parseRange(headers.range, sizeBytes) : undefined
}

/** Holds the last chunk back until the source has ended well: less than Content-Length is no whole answer. */
async function sendChunks(
  response: ServerResponse,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  writeHead: (first: Uint8Array) => void,
): Promise<void> {
  let held: Uint8Array | undefined
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue
    if (held !== undefined) {
      if (!response.headersSent) writeHead(held)
      if (!response.write(held)) await once(response, 'drain', { signal })
    }
    held = chunk
  }
  signal.throwIfAborted()
  if (!response.headersSent) writeHead(held ?? new Uint8Array(0))
  response.end(held)
}
