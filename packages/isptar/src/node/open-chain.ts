/** Opens a differential archive together with its bases, which it names and which are looked for beside it (SPEC 8). */
import { dirname, join } from 'node:path'
import { isIsptarError } from '../errors.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import { openArchive, type OpenOptions } from '../read/open-archive.ts'
import { findArchives } from './find-archives.ts'
import { openFile, type OpenFileOptions } from './open-file.ts'
import { filesOf } from './own-files.ts'

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
 * Opens an archive and its bases, those that are not given: files in the folder of the archive, or beside a base that is
 * given, under the names that it has for them, or, where it has none, what has the base's identity of the first thousand
 * `*.tgz`, `*.tar.gz` and slices there. One that is not there, or is another archive, is left out; what lies in it cannot
 * be read then.
 *
 * @param path - of the archive, or of any of its slices
 * @param options - those of `bases` are not looked for; the ones after them are
 * @throws BaseMismatchError when a base that is given is another; else as `openFile` and `openArchive`
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
 * @param folder - where bases are looked for; undefined for beside those that are given only
 */
export async function openChainOf(
  source: ByteSource,
  folder: string | undefined,
  options: OpenChainOptions,
): Promise<Archive> {
  const alone = await openArchive(source, options)
  try {
    if (options.bases !== undefined) await checkGiven(alone, options)
    const folders = foldersOf(alone, folder)
    if (alone.baseIdentities.length === 0 || folders.length === 0) return alone
    const found = await findBases(alone, folders, options)
    // All were given: nothing is read twice.
    if (found.bases.every((base, index) => base !== undefined && base === alone.bases[index])) return alone
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

/** The folders in which the bases of an archive are looked for: its own, and those of the bases that were given. */
function foldersOf({ bases }: Archive, folder: string | undefined): readonly string[] {
  const given = filesOf(bases.filter((base) => base !== undefined)).paths.map((path) => dirname(path))
  return [...new Set(folder === undefined ? given : [folder, ...given])]
}

/**
 * Completes the bases of an archive from folders. Each base, given or found, names its own.
 *
 * @throws `signal.reason` on abort
 */
async function findBases(archive: Archive, folders: readonly string[], options: OpenChainOptions): Promise<FoundBases> {
  const bases = [...archive.bases]
  const whyMissing = new Map<number, string>()
  const known = [...named(archive)]
  const places = folders.map((folder) => new Place(folder, options))
  try {
    for (const [index, base] of known.entries()) {
      const found = bases[index] ?? (await findBase(base, places, options, (why) => whyMissing.set(index + 1, why)))
      bases[index] = found
      if (found === undefined) continue
      whyMissing.delete(index + 1)
      learnFrom(found, index + 1, known)
    }
    return { bases, whyMissing }
  } catch (error) {
    for (const base of bases) await base?.close()
    throw error
  }
}

/** Looks for a base in one place after the other. */
async function findBase(
  base: NamedBase,
  places: readonly Place[],
  options: OpenChainOptions,
  explain: (why: string) => void,
): Promise<Archive | undefined> {
  for (const place of places) {
    const found = await place.open(base)
    const identity = await found?.computeIdentity(options)
    if (identity === base.identity) return found
    if (found === undefined) continue
    explain(`${found.name} is another archive, of the identity ${identity}`)
    await found.close()
  }
  return undefined
}

/** A folder in which bases may lie. */
class Place {
  readonly #folder: string
  readonly #options: OpenChainOptions
  #archives: Promise<ReadonlyMap<string, string>> | undefined

  constructor(folder: string, options: OpenChainOptions) {
    this.#folder = folder
    this.#options = options
  }

  /** Opens what may be that base. */
  async open({ identity, name }: NamedBase): Promise<Archive | undefined> {
    const path = name === '' ? (await this.#search()).get(identity) : name && join(this.#folder, name)
    return path === undefined ? undefined : openBase(path, this.#options)
  }

  /** Looks through the folder when that is first needed. */
  #search(): Promise<ReadonlyMap<string, string>> {
    const options = { ...this.#options, fetchSlice: undefined }
    return (this.#archives ??= findArchives(this.#folder, (path) => openBase(path, options)))
  }
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
