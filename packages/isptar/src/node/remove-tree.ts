/**
 * Removes what stands below the target folder of an extraction: no link is followed, nothing in another file system and no
 * file that the archive itself is read from is touched.
 */
import { type BigIntStats, lstatSync, readdirSync, readFileSync, rmdirSync, unlinkSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { comparePaths, decodeText } from '../bytes/text.ts'
import { StorageError } from '../errors.ts'
import type { OwnFiles } from './own-files.ts'
import { type RestoreFolder, type RestoreRoot, splitPlace } from './restore-root.ts'

/** After so many names signals have their turn. */
const NAMES_PER_TURN = 256

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
  /** Ends it early. */
  readonly signal: AbortSignal | undefined
}

const ELSEWHERE = 'it is in another file system'

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
  readonly #mount: string | undefined
  #names = 0

  constructor(options: TreeRemoverOptions) {
    this.#options = options
    const root = this.#enter('')
    this.#device = lstatSync(root.at('.'), { bigint: true }).dev
    this.#mount = mountOf(root)
  }

  /**
   * Gives the names in a folder in the archive's order; bytes that are not UTF-8 as lone surrogates. None, which is told,
   * when it is mounted there.
   */
  names(place: string): readonly string[] {
    return this.#namesIn(place) ?? []
  }

  /** To be awaited for each name, or else nothing but removing happens. */
  async takeTurn(): Promise<void> {
    this.#names += 1
    if (this.#names % NAMES_PER_TURN === 0) await setImmediate()
    this.#options.signal?.throwIfAborted()
  }

  /** Looks at a place, a link itself; undefined when nothing stands there. */
  look(place: string): BigIntStats | undefined {
    const [parent, name] = splitPlace(place)
    return lstatSync(this.#enter(parent).at(name), { bigint: true, throwIfNoEntry: false })
  }

  /** Removes what stands at a place, a folder with all that is in it. What fails is told. */
  async remove(place: string): Promise<void> {
    const stack: Emptying[] = []
    await this.#begin(place, stack)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.folders.pop()
      if (next !== undefined) await this.#begin(next, stack)
      else this.#finish(stack)
    }
  }

  #namesIn(place: string): readonly string[] | undefined {
    const folder = this.#enter(place)
    if (mountOf(folder) === this.#mount)
      return readdirSync(folder.at('.'), { encoding: 'buffer' }).sort(comparePaths).map(decodeText)
    this.#options.onKept(place, ELSEWHERE)
    return undefined
  }

  /** Removes what is no folder; puts a folder on the stack. */
  async #begin(place: string, stack: Emptying[]): Promise<void> {
    await this.takeTurn()
    const parent = stack.at(-1)
    const kept = (): void => void (parent && (parent.isKept = true))
    try {
      const stat = this.look(place)
      if (stat === undefined) return
      const reason = this.#reasonToKeep(stat)
      if (reason !== undefined) {
        this.#options.onKept(place, reason)
        kept()
      } else if (stat.isDirectory()) stack.push(await this.#empty(place))
      else this.#unlink(place)
    } catch (error) {
      this.#options.onFailure(place, error)
      kept()
    }
  }

  #reasonToKeep(stat: BigIntStats): string | undefined {
    if (stat.dev !== this.#device) return ELSEWHERE
    return this.#options.ownFiles.has(stat) ? 'it is the archive that is read' : undefined
  }

  /** Removes all in a folder but folders, which it notes. */
  async #empty(place: string): Promise<Emptying> {
    const names = this.#namesIn(place)
    const emptying: Emptying = { place, folders: [], isKept: names === undefined }
    for (const name of names ?? []) {
      const child = `${place}/${name}`
      if (this.look(child)?.isDirectory()) emptying.folders.push(child)
      else await this.#begin(child, [emptying])
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

/** Tells mounts of one file system at several places apart, where the system does. */
function mountOf({ fd }: RestoreFolder): string | undefined {
  if (fd === undefined) return undefined
  return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1]
}
