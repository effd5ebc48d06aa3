/** Opens a differential archive together with its bases, which it names and which are looked for beside it (SPEC 8). */
import { dirname, join } from 'node:path'
import { isIsptarError } from '../errors.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import { openArchive, type OpenOptions } from '../read/open-archive.ts'
import { findArchives } from './find-archives.ts'
import { openFile, type OpenFileOptions } from './open-file.ts'

/** Options of {@link openChain}. */
export interface OpenChainOptions extends OpenOptions, OpenFileOptions {}

/** The bases that were found. */
interface FoundBases {
  /** Nearest first; undefined where one was not found. */
  readonly bases: readonly (Archive | undefined)[]
  /** Why one was not found although a file of its name is there, by its number, from 1. */
  readonly whyMissing: ReadonlyMap<number, string>
}

/**
 * Opens an archive and, where none are given, its bases: files in the folder of the archive, under the names that it has
 * for them, or, where it has none, what has the base's identity of the first thousand `*.tgz`, `*.tar.gz` and slices
 * there. One that is not there, or is another archive, is left out; what lies in it cannot be read then.
 *
 * @param path - of the archive, or of any of its slices
 * @param options - with `bases` nothing is looked for
 * @throws as `openFile` and `openArchive`
 * @example
 * ```ts
 * const archive = await openChain('site.tgz')
 * console.log(archive.bases.length)
 * await archive.close()
 * ```
 */
export async function openChain(path: string, options: OpenChainOptions = {}): Promise<Archive> {
  return openChainOf(await openFile(path, options), dirname(path), options)
}

/**
 * {@link openChain} of a source that is open.
 *
 * @param folder - where bases are looked for
 */
export async function openChainOf(source: ByteSource, folder: string, options: OpenChainOptions): Promise<Archive> {
  const alone = await openArchive(source, options)
  try {
    if (options.bases !== undefined) await checkGiven(alone, options)
    if (options.bases !== undefined || alone.baseIdentities.length === 0) return alone
    const found = await findBases(alone, folder, options)
    return await openArchive(source, { ...options, ...found })
  } catch (error) {
    await alone.close()
    throw error
  }
}

/** Archives of the original program do not say what their bases are: those that are given must have what is referred to. */
async function checkGiven(archive: Archive, options: OpenChainOptions): Promise<void> {
  const given = archive.bases.flatMap((base, index) => (base === undefined ? [] : [index + 1]))
  await archive.checkBases(new Set(given), options)
}

/**
 * Looks for the bases of an archive in a folder. Each base that is found names its own.
 *
 * @throws `signal.reason` on abort
 */
async function findBases(archive: Archive, folder: string, options: OpenChainOptions): Promise<FoundBases> {
  const bases: (Archive | undefined)[] = []
  const whyMissing = new Map<number, string>()
  const known = [...named(archive)]
  const search = searchOnce(folder, options)
  try {
    for (const [index, { identity, name }] of known.entries()) {
      const path = name === '' ? (await search()).get(identity) : name && join(folder, name)
      const found = path === undefined ? undefined : await openBase(path, options)
      const isRight = found && (await found.computeIdentity(options)) === identity
      if (found && !isRight) {
        whyMissing.set(index + 1, `${found.name} is another archive, of the identity ${await found.computeIdentity()}`)
        await found.close()
      }
      bases.push(isRight ? found : undefined)
      if (isRight) learnFrom(found, index + 1, known)
    }
    return { bases, whyMissing }
  } catch (error) {
    for (const base of bases) await base?.close()
    throw error
  }
}

/** Looks through the folder when that is first needed. */
function searchOnce(folder: string, options: OpenChainOptions): () => Promise<ReadonlyMap<string, string>> {
  let found: Promise<ReadonlyMap<string, string>> | undefined
  return () => (found ??= findArchives(folder, (path) => openBase(path, { ...options, fetchSlice: undefined })))
}

interface NamedBase {
  readonly identity: string
  /** Of its file; empty where it is not known, undefined where what stands there is no name of a file. */
  readonly name: string | undefined
}

/** What an archive says of its bases. Names come from the archive: only a plain name of a file is looked for. */
function named({ baseIdentities, baseNames }: Archive): readonly NamedBase[] {
  return baseIdentities.map((identity, index) => {
    const name = baseNames[index] ?? ''
    const isPlain = !/^\.{1,2}$|[/\\\0]/.test(name)
    return { identity, name: isPlain ? name : undefined }
  })
}

/**
 * A base knows names that the archive had no room for, and bases beyond those it names. Archives that name each other in a
 * circle must not lead on for ever.
 */
function learnFrom(found: Archive, depth: number, known: NamedBase[]): void {
  for (const [index, base] of named(found).entries()) {
    const at = depth + index
    if (known.length === at && known.every(({ identity }) => identity !== base.identity)) known.push(base)
    else if (!known[at]?.name && known[at]?.identity === base.identity) known[at] = base
  }
}

/** Opens what may be a base; what cannot be opened is none. */
async function openBase(path: string, options: OpenChainOptions): Promise<Archive | undefined> {
  const { codec, tailBytes, residentListingBytes, signal, fetchSlice } = options
  try {
    return await openArchive(await openFile(path, { fetchSlice }), { codec, tailBytes, residentListingBytes, signal })
  } catch (error) {
    signal?.throwIfAborted()
    if (isIsptarError(error)) return undefined
    throw error
  }
}
