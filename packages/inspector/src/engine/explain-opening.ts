/** Finds out why an archive could not be opened, where the error alone does not say it. */
import { type ByteSource, isIsptarError, splitSliceName, StorageError } from 'isptar'
import type { Place } from '../contract/archive-calls.ts'
import { TroubleError, type TroubleKind } from '../contract/trouble.ts'
import { placeName } from '../text/place-name.ts'
import { arrangePlaces } from './arrange-places.ts'
import { troubleOf } from './trouble-of.ts'

/** How long to look into why something failed, in milliseconds. */
const LOOK_MS = 5000

const HEADERS = 'Access-Control-Allow-Origin: * and Access-Control-Expose-Headers: Content-Range, ETag'
const INSTEAD = 'Or download the archive, and choose the file.'

/**
 * Gives the error to throw instead of one that opening threw. Costs a request or two where the first bytes, or the server,
 * have to be asked.
 *
 * @param source - what was read of these places; undefined where that could not be opened
 */
export async function explainOpening(
  error: unknown,
  places: readonly Place[],
  source: ByteSource | undefined,
): Promise<unknown> {
  if (error instanceof StorageError && error.kind === 'connection') return explainConnection(error)
  if (isIsptarError(error, 'format') && error.message.includes('no trailer')) return explainEnd(error, places, source)
  return error
}

/** Browsers do not tell a page whether a server did not answer or does not allow the page to see its answer. */
async function explainConnection(error: StorageError): Promise<TroubleError> {
  const words = (kind: TroubleKind, title: string, advice: string): TroubleError =>
    new TroubleError({ kind, title, detail: troubleOf(error).detail, advice })
  const { origin, protocol, hostname, host } = new URL(error.location)
  const pageOrigin = globalThis.location?.origin ?? 'null'
  if (globalThis.navigator?.onLine === false)
    return words('network', 'This browser is offline', 'Connect it, or choose a file of this device.')
  if (pageOrigin.startsWith('https:') && protocol === 'http:' && !isLoopback(hostname))
    return words(
      'cors',
      'A page that came by https may not read from an http address',
      `Use an address that begins with https://, if the server has one. ${INSTEAD}`,
    )
  if (origin === pageOrigin || !(await answers(error.location)))
    return words(
      'network',
      `${host} does not answer`,
      'Check the address, and whether the server runs. The page that this is part of may also forbid it (connect-src).',
    )
  return words(
    'cors',
    `${host} does not allow this page to read from it`,
    `The server is there, but pages of other addresses may not read its answers (CORS). It must send ${HEADERS}, ` +
      `and allow the header Range where it is asked before (OPTIONS). ${INSTEAD}`,
  )
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/** Whether a server answers at all. What it says stays hidden; nothing of it is read. */
async function answers(url: string): Promise<boolean> {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(), LOOK_MS)
  try {
    await fetch(url, { mode: 'no-cors', credentials: 'omit', signal: ending.signal })
    return true
  } catch {
    return false
  } finally {
    clearTimeout(timer)
    ending.abort()
  }
}

/** What has no isptar end is another kind of file, or cut. */
async function explainEnd(
  error: Error,
  places: readonly Place[],
  source: ByteSource | undefined,
): Promise<TroubleError> {
  const { detail } = troubleOf(error)
  const slices = arrangePlaces(places)
  const last = slices.places.at(-1)
  const isSliced = last !== undefined && splitSliceName(placeName(last)) !== undefined
  if (isSliced && (slices.places.length > 1 || last.type === 'file'))
    return new TroubleError({
      kind: 'slice-missing',
      title: 'The last slice is missing',
      detail,
      advice: `The archive goes on behind slice ${slices.places.length}: add ${slices.name}.part${slices.places.length + 1} and all after it.`,
    })
  return new TroubleError({ kind: 'not-archive', detail, ...wordsFor(await kindOf(source)) })
}

type FileKind = 'gzip' | 'zip' | 'page' | 'other'

function wordsFor(kind: FileKind): { readonly title: string; readonly advice: string } {
  const how = 'Unpack it, and pack it with: isptar create NEW.tgz FOLDER'
  switch (kind) {
    case 'gzip':
      return {
        title: 'This has no listing at its end: it is an ordinary tar.gz, or cut short',
        advice: `Only archives that isptar made can be looked into without reading all. ${how}`,
      }
    case 'zip':
      return { title: 'This is a zip file, not a tar.gz', advice: how }
    case 'page':
      return { title: 'This is a web page, not an archive', advice: 'Use the address of the archive itself.' }
    default:
      return { title: 'This is not an isptar archive', advice: 'Choose a tar.gz that isptar made.' }
  }
}

async function kindOf(source: ByteSource | undefined): Promise<FileKind> {
  if (source === undefined) return 'other'
  try {
    const options = { signal: AbortSignal.timeout(LOOK_MS) }
    const { sizeBytes } = await source.readTail(0, options)
    const begin = await source.read(0, Math.min(sizeBytes, 256), options)
    if (begin[0] === 0x1f && begin[1] === 0x8b) return 'gzip'
    if (begin[0] === 0x50 && begin[1] === 0x4b) return 'zip'
    return /^\s*<(!doctype|html|\?xml)/i.test(new TextDecoder().decode(begin)) ? 'page' : 'other'
  } catch {
    return 'other'
  }
}
