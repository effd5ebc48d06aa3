/** Opens what stands on the command line for an archive: a file, slices by their common name, or a URL. */
import { dirname } from 'node:path'
import {
  type Archive,
  type ByteSource,
  type CountedSource,
  isIsptarError,
  type IsptarError,
  openArchive,
  withCounter,
} from 'isptar'
import { type FetchSlice, openChainOf, openFile, openUrl } from 'isptar/node'
import type { RelativeOptions } from './base-options.ts'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'
import type { FetchOptions } from './fetch-options.ts'
import type { PartOptions } from './part-options.ts'

/** What to do with an ordinary tar.gz. */
const ORDINARY = '; it is a gzip file: `tar tzf` reads an ordinary one, and `isptar create` makes a seekable one'

/** An open archive and what was read of it so far. */
export interface NamedArchive {
  readonly archive: Archive
  readonly counter: CountedSource
}

/** What an archive is opened with. */
export interface NamedOptions extends RelativeOptions, PartOptions {
  /** Whether bases that are not given are looked for beside it. */
  readonly findsBases?: boolean
}

/**
 * Opens an archive, with its bases. Whoever calls closes it.
 *
 * @param name - as on the command line
 * @param options - its bases, its catalogue and which part of it is meant, and how to get slices that are not at hand
 * @throws UsageError for `-`, as an archive is read from its end, and for what is neither a file nor an http(s) URL
 */
export async function openNamed(name: string, options: NamedOptions, context: Context): Promise<NamedArchive> {
  if (name === '-')
    throw new UsageError('an archive cannot be read from standard input: it is read from its end; name a file or a URL')
  if (name === '') throw new UsageError('the name of the archive is the empty string')
  if (isUrl(name)) checkUrl(name, options)
  const { signal } = context.io
  const fetchSlice = options.fetchSlice === undefined ? undefined : await loadFetch(options.fetchSlice, context)
  const catalogue = options.listing === undefined ? undefined : await openSource(options.listing, { signal })
  const counter = withCounter(await openBeside(name, { signal, fetchSlice, catalogue }))
  try {
    const opening = { ...options, fetchCommand: options.fetchSlice, signal, fetchSlice, catalogue }
    const whole = await openWith(counter, name, opening, context)
    const archive = await pickPart(whole, options.part, signal)
    for (const notice of archive.notices) await context.warn(notice)
    return { archive, counter }
  } catch (error) {
    if (isIsptarError(error)) explain(error, counter.name)
    if (isIsptarError(error, 'format') && !catalogue && (await isGzip(name, signal))) error.message += ORDINARY
    throw error
  }
}

/** Makes what fetches slices by a command; what runs commands is loaded where one is given. */
export async function loadFetch(command: string, context: Context): Promise<FetchSlice> {
  const { createFetch } = await import('./fetch-slice.ts')
  return createFetch(command, context)
}

async function pickPart(whole: Archive, part: string | undefined, signal: AbortSignal): Promise<Archive> {
  try {
    return part === undefined ? whole : await whole.part(part, { signal })
  } catch (error) {
    await whole.close()
    throw error
  }
}

/** What the bytes of an archive are read with. */
export interface SourceOptions {
  readonly signal: AbortSignal
  readonly fetchSlice?: FetchSlice | undefined
  readonly catalogue?: ByteSource | undefined
}

/** Opens a source; closes the catalogue that it is to be read by when that fails. */
async function openBeside(name: string, options: SourceOptions): Promise<ByteSource> {
  const { catalogue } = options
  try {
    return await openSource(name, options)
  } catch (error) {
    await catalogue?.close()
    const isOfCatalogue = catalogue && isIsptarError(error) && error.code !== 'storage'
    if (isOfCatalogue && !error.message.includes(catalogue.name)) error.message = `${catalogue.name}: ${error.message}`
    throw error
  }
}

/** Opens the archive of a source together with what it needs. */
async function openWith(
  source: ByteSource,
  name: string,
  options: Omit<NamedOptions, 'fetchSlice'> & SourceOptions & { readonly fetchCommand?: string | undefined },
  context: Context,
): Promise<Archive> {
  const { base, findsBases = false, signal, fetchSlice, fetchCommand, catalogue } = options
  const bases: Archive[] = []
  try {
    for (const each of base ?? []) {
      const fetching = isUrl(each) || fetchCommand === undefined ? {} : { fetchSlice: fetchCommand }
      bases.push((await openNamed(each, fetching, context)).archive)
    }
  } catch (error) {
    for (const opened of [source, catalogue, ...bases]) await opened?.close()
    throw error
  }
  const opening = { signal, catalogue, fetchSlice, bases }
  const folder = isUrl(name) ? undefined : dirname(name)
  return findsBases ? openChainOf(source, folder, opening) : openArchive(source, opening)
}

/** Gives the bytes of what stands on the command line for an archive; see `openUrl` and `openFile`. */
export function openSource(name: string, { signal, fetchSlice, catalogue }: SourceOptions): Promise<ByteSource> {
  return isUrl(name) ? openUrl(name, { signal }) : openFile(name, { fetchSlice, catalogue })
}

/** Says of which archive an error speaks. */
function explain(error: IsptarError, shown: string): void {
  if (!error.message.includes(shown)) error.message = `${shown}: ${error.message}`
}

async function isGzip(name: string, signal: AbortSignal): Promise<boolean> {
  try {
    const source = await openSource(name, { signal })
    try {
      const [first, second] = await source.read(0, 2, { signal })
      return first === 0x1f && second === 0x8b
    } finally {
      await source.close()
    }
  } catch {
    // The error at hand says more than one of looking closer.
    return false
  }
}

function checkUrl(name: string, { fetchSlice }: FetchOptions): void {
  if (!/^https?:/i.test(name)) throw new UsageError(`not a file, nor a URL of http or https: ${name}`)
  if (!URL.canParse(name)) throw new UsageError(`not a URL: ${name}`)
  if (fetchSlice !== undefined)
    throw new UsageError('--fetch-slice is for files: slices at a URL are read where they are')
}

/** Tells URLs from file names. */
export function isUrl(name: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(name)
}
