/**
 * Removes what stands below the target folder of an extraction: no link is followed, nothing in another file system and no
 * file that the archive itself is read from is touched.
 */
import { type BigIntStats, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { comparePaths, decodeText } from '../bytes/text.ts'
import { StorageError } from '../errors.ts'
import type { OwnFiles } from './own-files.ts'
import { type RestoreFolder, type RestoreRoot, splitPlace } from './restore-root.ts'

/** What removing takes. */
export interface TreeRemoverOptions {
  /** Its folders are entered; not the one that restores, which may be in the midst of something. */
  readonly root: RestoreRoot
  /** Files that stay. */
  readonly ownFiles: OwnFiles
  /** Whether everything is told and nothing removed. */
  readonly dryRun: boolean
  /** Told of each thing that was removed, what is in a folder before the folder. */
  readonly onRemoved: (place: string) => void
  /** Told why something stays. */
  readonly onKept: (place: string, why: string) => void
  /** Told what could not be removed. */
  readonly onFailure: (place: string, error: unknown) => void
}

/** A folder that is being emptied. */
interface Emptying {
  readonly place: string
  readonly folders: string[]
  /** Whether something in it stays. */
  isKept: boolean
}

/** Removes things below one target folder. */
export class TreeRemover {
  readonly #options: TreeRemoverOptions
  readonly #device: bigint

  constructor(options: TreeRemoverOptions) {
    this.#options = options
    this.#device = lstatSync(this.#enter('').at('.'), { bigint: true }).dev
  }

  /** Gives the names in a folder in the archive's order; bytes that are not UTF-8 as lone surrogates. */
  names(place: string): readonly string[] {
    const names = readdirSync(this.#enter(place).at('.'), { encoding: 'buffer' })
    return names.sort(comparePaths).map(decodeText)
  }

  /** Looks at a place, a link itself; undefined when nothing stands there. */
  look(place: string): BigIntStats | undefined {
    const [parent, name] = splitPlace(place)
    return lstatSync(this.#enter(parent).at(name), { bigint: true, throwIfNoEntry: false })
  }

  /** Removes what stands at a place, a folder with all that is in it. What fails is told. */
  remove(place: string): void {
    const stack: Emptying[] = []
    this.#begin(place, stack)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.folders.pop()
      if (next !== undefined) this.#begin(next, stack)
      else this.#finish(stack)
    }
  }

  /** Removes what is no folder; puts a folder on the stack. */
  #begin(place: string, stack: Emptying[]): void {
    const parent = stack.at(-1)
    const kept = (): void => void (parent && (parent.isKept = true))
    try {
      const stat = this.look(place)
      if (stat === undefined) return
      const reason = this.#reasonToKeep(stat)
      if (reason !== undefined) {
        this.#options.onKept(place, reason)
        kept()
      } else if (stat.isDirectory()) stack.push(this.#empty(place))
      else this.#unlink(place)
    } catch (error) {
      this.#options.onFailure(place, error)
      kept()
    }
  }

  #reasonToKeep(stat: BigIntStats): string | undefined {
    if (stat.dev !== this.#device) return 'it is in another file system'
    return this.#options.ownFiles.has(stat) ? 'it is the archive that is read' : undefined
  }

  /** Removes all in a folder but folders, which it notes. */
  #empty(place: string): Emptying {
    const emptying: Emptying = { place, folders: [], isKept: false }
    for (const name of this.names(place)) {
      const child = `${place}/${name}`
      if (this.look(child)?.isDirectory()) emptying.folders.push(child)
      else this.#begin(child, [emptying])
    }
    return emptying
  }

  #finish(stack: Emptying[]): void {
    const done = stack.pop()
    if (done === undefined) return
    const parent = stack.at(-1)
    try {
      if (!done.isKept) {
        const [holder, name] = splitPlace(done.place)
        if (!this.#options.dryRun) rmdirSync(this.#enter(holder).at(name))
        this.#options.onRemoved(done.place)
        return
      }
    } catch (error) {
      this.#options.onFailure(done.place, error)
    }
    if (parent) parent.isKept = true
  }

  #unlink(place: string): void {
    const [parent, name] = splitPlace(place)
    if (!this.#options.dryRun) unlinkSync(this.#enter(parent).at(name))
    this.#options.onRemoved(place)
  }

  #enter(place: string): RestoreFolder {
    const folder = this.#options.root.enter(place, false)
    if (folder !== undefined) return folder
    const message = `the folder ${JSON.stringify(place)} vanished`
    throw new StorageError(message, { operation: 'remove', location: place, kind: 'not-found' })
  }
}
