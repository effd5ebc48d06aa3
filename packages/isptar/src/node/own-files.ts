/**
 * Recognises the files that an archive is being written to, so that an archive never holds itself, and what writing and
 * extracting left behind when they were killed.
 */
import { statSync } from 'node:fs'
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import type { FileIdentity } from './tree-entry.ts'

/** Names under which `FileTarget` and the extraction write what is not finished. */
const TEMPORARY = /^\.(?:.+\.[0-9a-f]{12}\.tmp|isptar-[0-9a-f]{16}(?:-\xc3\xa9)?)$/s

const SLASH = 0x2f
const DOT = 0x2e

/** Tells whether a path has a name that isptar gives to what it has not finished. */
export function isTemporaryName(path: Buffer): boolean {
  // Hidden all of them, which few files are.
  const name = path.lastIndexOf(SLASH) + 1
  return path[name] === DOT && TEMPORARY.test(path.toString('latin1', name))
}

/** A target that lies in the file system, such as `FileTarget`. */
interface TargetOnDisk {
  /** Paths of its files, those of temporary ones too; there may be more of them as writing goes on. */
  readonly ownPaths: readonly string[]
}

/** A target of many files that knows them itself. */
interface TargetOfFiles {
  isOwnFile(file: FileIdentity): boolean
}

/** Files by what they are, as long as they keep one of their names: a number of a file that is gone is given to others. */
export class OwnFiles {
  readonly #paths = new Map<string, string[]>()

  /** The paths at which they were. */
  get paths(): readonly string[] {
    return [...this.#paths.values()].flat()
  }

  /** Takes note of what lies at a path now, if anything. */
  add(path: string): void {
    const own = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (own !== undefined) this.#paths.set(keyOf(own), [...(this.#paths.get(keyOf(own)) ?? []), path])
  }

  /** Tells whether it is one of them. */
  has(file: FileIdentity): boolean {
    const paths = this.#paths.get(keyOf(file)) ?? []
    return paths.some((path) => {
      const now = statSync(path, { bigint: true, throwIfNoEntry: false })
      return now !== undefined && keyOf(now) === keyOf(file)
    })
  }
}

function keyOf({ dev, ino }: FileIdentity): string {
  return `${dev}:${ino}`
}

/** Gives the files that open archives, their catalogues and their bases are read from, as far as they are files. */
export function filesOf(archives: readonly Archive[]): OwnFiles {
  const files = new OwnFiles()
  const opened = archives.flatMap((archive) => [archive, ...archive.bases])
  const sources = opened.flatMap((archive) => (archive ? [archive, archive.tailSource.bytes] : []))
  // What a source is called is the path of its file, if it has one.
  for (const path of new Set(sources.flatMap(({ name, sliceNames }) => sliceNames ?? name)))
    if (isFile(path)) files.add(path)
  return files
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // No path at all: a URL, or whatever a source is called.
    return false
  }
}

/**
 * Makes a test for the files of a target: what is being written, and an older archive of its name.
 *
 * @param target - any target; one that is not in the file system has no files
 */
export function createOwnFileTest(
  target: Target | (Target & TargetOnDisk) | (Target & TargetOfFiles),
): (file: FileIdentity) => boolean {
  if ('isOwnFile' in target) return (file) => target.isOwnFile(file)
  if (!('ownPaths' in target)) return () => false
  const known = new Map<string, FileIdentity>()
  const absent = new Set<string>()
  const look = (path: string): FileIdentity | undefined => {
    const own = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (own !== undefined) {
      known.set(path, own)
      return own
    }
    // The name of the archive has no file before the end: asking for each entry would cost as much as looking at it.
    if (absent.size === 0) setImmediate(() => absent.clear())
    absent.add(path)
    return undefined
  }
  return (file) =>
    target.ownPaths.some((path) => {
      const own = known.get(path) ?? (absent.has(path) ? undefined : look(path))
      return own !== undefined && own.ino === file.ino && own.dev === file.dev
    })
}
