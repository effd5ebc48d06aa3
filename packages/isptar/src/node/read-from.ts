/** Where paths are read that are not read at their own place: in a snapshot, which is mounted elsewhere. */
import { realpathSync } from 'node:fs'
import { decodeText } from '../bytes/text.ts'
import { StorageError } from '../errors.ts'
import { joinPath } from './root-path.ts'
import type { TreeProblem } from './tree-entry.ts'

/** Folders to read, by the paths that they stand for. */
export type ReadFromOption = ReadonlyMap<string | Buffer, string | Buffer>

/** A path that is read elsewhere. */
interface Substitute {
  readonly given: Buffer
  readonly folder: Buffer
  isMet: boolean
}

/** The paths of one walk that are read elsewhere. Places are absolute paths in one form, bytes as characters. */
export class ReadFrom {
  readonly #cwd: Buffer
  readonly #substitutes: ReadonlyMap<string, Substitute>

  /**
   * @param option - paths and folders, given as roots are
   * @param cwd - folder in which relative ones lie
   * @throws TypeError for an empty path or folder
   */
  constructor(option: ReadFromOption, cwd: string | Buffer = process.cwd()) {
    this.#cwd = Buffer.from(cwd)
    const substitutes = Array.from(option, ([path, folder]): [string, Substitute] => {
      const given = Buffer.from(path)
      if (given.length === 0 || folder.length === 0)
        throw new TypeError('a path to read elsewhere, or the folder to read, is the empty string')
      return [this.placeOf(given), { given, folder: this.#resolve(Buffer.from(folder)), isMet: false }]
    })
    this.#substitutes = new Map(substitutes)
  }

  /** Gives the place of a path. Links are not followed and `..` stays: both sides are written alike. */
  placeOf(path: Buffer): string {
    const parts = this.#resolve(path).toString('latin1').split('/')
    return parts.reduce((place, part) => (part === '' || part === '.' ? place : `${place}/${part}`), '')
  }

  /**
   * Refuses paths that no root leads to, which is most often a typing error.
   *
   * @throws StorageError when there is one
   */
  checkRoots(roots: readonly Buffer[]): void {
    const places = roots.map((root) => this.placeOf(root))
    for (const [place, { given, folder }] of this.#substitutes) {
      if (places.some((root) => `${place}/`.startsWith(`${root}/`))) continue
      const location = decodeText(given)
      const message = `${JSON.stringify(location)} is to be read from ${quoted(folder)}, but nothing there is packed`
      throw new StorageError(message, { operation: 'read', location, kind: 'not-found' })
    }
  }

  /** Gives the folder to read at a place, as it was named; undefined when the place itself is read. */
  folderAt(place: string): Buffer | undefined {
    const substitute = this.#substitutes.get(place)
    if (substitute === undefined) return undefined
    substitute.isMet = true
    return substitute.folder
  }

  /** Tells of folders that were not read because the walk did not come by. */
  unmet(): readonly TreeProblem[] {
    return [...this.#substitutes.values()]
      .filter(({ isMet }) => !isMet)
      .map(({ given, folder }) => {
        const message = `nothing that is packed lies there, so that nothing was read from ${quoted(folder)}`
        return { path: decodeText(given), kind: 'vanished', message }
      })
  }

  #resolve(path: Buffer): Buffer {
    return path[0] === 0x2f ? path : joinPath(this.#cwd, path)
  }
}

/** Follows the links to a folder that stands for another path; one that is missing stays as it is. */
export function followFolder(folder: Buffer): Buffer {
  try {
    return realpathSync(folder, { encoding: 'buffer' })
  } catch {
    return folder
  }
}

function quoted(path: Buffer): string {
  return JSON.stringify(decodeText(path))
}
