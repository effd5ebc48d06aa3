/**
 * Decides who may ask, and what for. Nothing of an address reaches the file system: numbers, names of slices and paths are
 * looked up in what is open.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type IsptarError, isIsptarError } from 'isptar'
import type { Context } from '../context.ts'
import { CHANGED_ETAG, findBytes } from './archive-bytes.ts'
import { findFile } from './entry-file.ts'
import { COMMON_HEADERS, PAGE_HEADERS } from './headers.ts'
import { percentDecode } from './percent-path.ts'
import { refuse } from './refuse.ts'
import { type Invitation, isSecret } from './secret.ts'
import { type Content, sendContent } from './send-content.ts'
import type { ServedArchives } from './served-archives.ts'

/** What is served, and to whom. */
export interface Site {
  /** The HTML of the page. */
  readonly page: string
  readonly served: ServedArchives
  /** What the path of every address begins with. */
  readonly token: string
  /** Stands in place of the token, once, and leads to the page. */
  readonly invitation: Invitation
  /** Port of 127.0.0.1. */
  readonly port: number
  readonly context: Context
}

/** Longest address: paths of 4 KiB, as long as Linux takes them, with each byte as `%xx`. */
const MAX_ADDRESS_CHARS = 16_384

/** Answers one request; never throws. */
export async function answer(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value)
  const address = request.url ?? ''
  try {
    await route(request, response, site, gone.signal)
  } catch (error) {
    if (gone.signal.aborted) return
    await tell(error, address.slice(site.token.length + 2), site.context)
    if (response.headersSent) response.destroy()
    else refuseFor(error, request, response)
  }
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { page, served, token, invitation, port, context }: Site,
  signal: AbortSignal,
): Promise<void> {
  const { method, headers, url = '' } = request
  if (!isOurs(headers.host, port)) return refuse(response, 421)
  if (url.length > MAX_ADDRESS_CHARS) return refuse(response, 414)
  const path = url.replace(/\?.*$/s, '')
  const [root, given = '', kind = '', number = '', ...rest] = path.split('/')
  if (method === 'GET' && path === `/${given}` && invitation.accept(given)) {
    response.writeHead(303, { location: `/${token}/`, 'content-length': 0 })
    return void response.end()
  }
  if (root !== '' || !isSecret(given, token)) return refuse(response, 404)
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, { allow: 'GET, HEAD' })
  if (path === `/${token}/`) {
    response.writeHead(200, { ...PAGE_HEADERS, 'content-length': Buffer.byteLength(page) })
    return void response.end(page)
  }
  const content = await find({ kind, number, name: percentDecode(rest.join('/')) }, served, signal)
  const shown = path.slice(token.length + 2)
  if (typeof content === 'object') {
    if (content.warning !== undefined) await context.warn(`${shown}: ${content.warning}`)
    return sendContent(request, response, content, signal)
  }
  await context.detail(`${shown}: ${content ?? 'not found'}`)
  refuse(response, 404, {}, content)
}

interface Wanted {
  readonly kind: string
  readonly number: string
  readonly name: string | undefined
}

/** Finds what an address stands for, or words for people why there is nothing. */
async function find(
  { kind, number, name }: Wanted,
  { archives, raw }: ServedArchives,
  signal: AbortSignal,
): Promise<Content | string | undefined> {
  if (!/^\d{1,6}$/.test(number) || name === undefined) return undefined
  const archive = archives[Number(number)]
  if (kind === 'archives') return findBytes(raw[Number(number)], Number(number), name, signal)
  return kind === 'files' && archive ? findFile(archive, name, signal) : undefined
}

/**
 * Tells whether a Host header is of this server. A page elsewhere may give its own name the address 127.0.0.1 (DNS
 * rebinding); the browser then says that name.
 */
export function isOurs(host: string | undefined, port: number): boolean {
  // Clients leave out the port that http has anyway.
  const suffixes = port === 80 ? [':80', ''] : [`:${port}`]
  return suffixes.some((suffix) => ['127.0.0.1', 'localhost'].some((name) => host?.toLowerCase() === name + suffix))
}

async function tell(error: unknown, address: string, context: Context): Promise<void> {
  const why = error instanceof Error ? error.message : String(error)
  await context.fail(`${address}: ${why}`)
}

/** Says by a status what reading threw; the words of the error stay here, since they may name what the page need not know. */
function refuseFor(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  const kind = isIsptarError(error, 'storage') ? kindOf(error) : undefined
  if (kind === 'not-found') return refuse(response, 404, {}, 'a part of the archive is missing')
  if (kind === 'denied') return refuse(response, 403)
  if (kind !== 'changed') return refuse(response, 500)
  // Whoever reads by ranges compares validators.
  refuse(response, request.headers.range === undefined ? 409 : 416, { etag: CHANGED_ETAG })
}

function kindOf(error: IsptarError): unknown {
  return 'kind' in error ? error.kind : undefined
}
