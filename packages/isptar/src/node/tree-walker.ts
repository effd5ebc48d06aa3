/**
 * Goes through one root after the other. The walk keeps its own stack, so that depth is bounded by the longest path of
 * the system, not by the engine.
 */
import type { BigIntStats } from 'node:fs'
import { compareNames, decodeText } from '../bytes/text.ts'
import { judgeEntryPath } from '../tar/entry-path.ts'
import { CACHE_TAG, isCacheFolder } from './cache-folder.ts'
import { createDescriber } from './describe-entry.ts'
import type { EntryDescriber, Found } from './describe-entry.ts'
import type { ExcludeRules } from './exclude-rules.ts'
import type { HookStep, PathHooks, PathVisit } from './path-hooks.ts'
import type { Posix } from './posix.ts'
import { followFolder } from './read-from.ts'
import type { ReadFrom } from './read-from.ts'
import { joinName } from './root-path.ts'
import type { RootPath } from './root-path.ts'
import { entryTypeOf, toProblem } from './tree-entry.ts'
import type { TreeEntry, TreeProblemKind } from './tree-entry.ts'
import { nodeFileSystem } from './tree-file-system.ts'
import type { TreeFileSystem } from './tree-file-system.ts'
import type { WalkInternals, WalkOptions } from './walk-options.ts'

/** A path to look at. */
interface Spot {
  /** Where it lies in the file system, unless it is read elsewhere. */
  readonly sourcePath: Buffer
  /** Path in the archive. */
  readonly path: Buffer
  /** Where it would lie if nothing were read elsewhere; undefined when nothing is. */
  readonly place: string | undefined
}

/** A folder whose names are being gone through. */
interface OpenFolder extends Spot {
  /** Undefined before it was listed. */
  names: readonly string[] | undefined
  next: number
  /** The file system in which it lies. */
  readonly device: bigint
  /** What to do after all in it was given. */
  leave: HookStep | undefined
}

/** What steers a walk. */
export interface WalkRules {
  readonly isExcluded: ExcludeRules | undefined
  readonly hooks: PathHooks | undefined
  readonly readFrom: ReadFrom | undefined
}

/** One walk over roots. What it gives besides entries is to be run before the next is asked for. */
export class TreeWalker {
  readonly #options: WalkOptions & WalkInternals
  readonly #fileSystem: TreeFileSystem
  readonly #describe: EntryDescriber
  readonly #isExcluded: ExcludeRules | undefined
  readonly #hooks: PathHooks | undefined
  readonly #readFrom: ReadFrom | undefined

  constructor(options: WalkOptions & WalkInternals, posix: Posix, rules: WalkRules) {
    this.#options = options
    this.#fileSystem = options.fileSystem ?? nodeFileSystem
    this.#describe = createDescriber(options, this.#fileSystem, posix)
    this.#isExcluded = rules.isExcluded
    this.#hooks = rules.hooks
    this.#readFrom = rules.readFrom
  }

  /** Tells of options that were of no use, which is most often a typing error. */
  tellUnmet(): void {
    const { onNotice, onProblem } = this.#options
    for (const pattern of this.#isExcluded?.unmet() ?? [])
      onNotice?.(`the pattern ${JSON.stringify(pattern)} left nothing out`)
    for (const pattern of this.#hooks?.unmetPatterns ?? [])
      onNotice?.(`no hook ran for the pattern ${JSON.stringify(pattern)}: nothing matched it`)
    for (const problem of this.#readFrom?.unmet() ?? []) onProblem?.(problem)
  }

  /** Gives a root and all below it. */
  *walk(root: RootPath): Generator<TreeEntry | HookStep, void, undefined> {
    const open: OpenFolder[] = []
    const { sourcePath, path } = root
    const place = this.#readFrom?.placeOf(sourcePath)
    for (let at: Spot | undefined = { sourcePath, path, place }; ; at = this.#next(open)) {
      if (at === undefined) {
        const folder = open.pop()
        if (folder === undefined) return
        if (folder.leave !== undefined) yield folder.leave
      } else if (this.#hooks !== undefined) yield* this.#visitBetweenHooks(at, open)
      else {
        const entry = this.#visit(at, open)
        if (entry !== undefined) yield entry
      }
    }
  }

  /** Gives the next name of the innermost folder; undefined after the last. */
  #next(open: readonly OpenFolder[]): Spot | undefined {
    const folder = open.at(-1)
    if (folder === undefined) return undefined
    // Listed only now: whoever took the folder's entry has had its turn.
    folder.names ??= this.#list(folder.sourcePath)
    const name = folder.names[folder.next]
    if (name === undefined) return undefined
    folder.next += 1
    const place = folder.place === undefined ? undefined : `${folder.place}/${name}`
    return { sourcePath: joinName(folder.sourcePath, name), path: joinName(folder.path, name), place }
  }

  /** Gives what is at a path, and what to do before and after. */
  *#visitBetweenHooks(at: Spot, open: OpenFolder[]): Generator<TreeEntry | HookStep, void, undefined> {
    const visit = this.#findHooks(at)
    if (visit !== undefined) yield visit.enter
    const parent = open.at(-1)
    const entry = this.#visit(at, open)
    if (entry !== undefined) yield entry
    if (visit === undefined) return
    const top = open.at(-1)
    if (top === undefined || top === parent) yield visit.leave
    else top.leave = visit.leave
  }

  /** Looks at a path; a folder is put on top of the stack, to be gone through next. */
  #visit({ sourcePath, path, place }: Spot, open: OpenFolder[]): TreeEntry | undefined {
    const elsewhere = this.#folderAt(place)
    const found = this.#look(elsewhere === undefined ? sourcePath : followFolder(elsewhere), path)
    if (found === undefined) return undefined
    const isFolder = entryTypeOf(found.stat) === 'directory'
    // A folder that is read elsewhere is in a file system of its own, as a root is.
    const device = (elsewhere === undefined ? open.at(-1)?.device : undefined) ?? found.stat.dev
    const isElsewhere = this.#options.oneFileSystem === true && found.stat.dev !== device
    if (isElsewhere && !isFolder) return undefined
    // A root `.` has no entry.
    const entry = path.length > 0 ? this.#describe(found) : undefined
    if (isFolder && !isElsewhere && (entry !== undefined || path.length === 0)) {
      open.push({ sourcePath: found.sourcePath, path, names: undefined, next: 0, device, place, leave: undefined })
    }
    return entry
  }

  #folderAt(place: string | undefined): Buffer | undefined {
    return place === undefined ? undefined : this.#readFrom?.folderAt(place)
  }

  /** Finds the hooks of a path that is not left out. A folder that is read elsewhere may be made by one of them. */
  #findHooks({ sourcePath, path, place }: Spot): PathVisit | undefined {
    if (this.#hooks === undefined || path.length === 0) return undefined
    const elsewhere = this.#folderAt(place)
    const text = decodeText(path)
    const isFolder = elsewhere !== undefined || this.#isFolder(sourcePath)
    if (this.#isExcluded?.(text, isFolder) === true) return undefined
    return this.#hooks.visit({ path: text, sourcePath: decodeText(elsewhere ?? sourcePath) }, isFolder)
  }

  /** What cannot be looked at is reported when the walk looks at it. */
  #isFolder(sourcePath: Buffer): boolean {
    try {
      const stat = this.#fileSystem.lstat(sourcePath)
      return stat !== undefined && entryTypeOf(stat) === 'directory'
    } catch {
      return false
    }
  }

  /** Looks at a path; undefined when it is left out or cannot be looked at, which is then reported. */
  #look(sourcePath: Buffer, path: Buffer): Found | undefined {
    let stat: BigIntStats | undefined
    try {
      stat = this.#fileSystem.lstat(sourcePath)
    } catch (error) {
      this.#reportError(sourcePath, error)
      return undefined
    }
    const text = decodeText(path)
    if (stat === undefined) {
      if (this.#isExcluded?.(text, false) !== true) this.#report(sourcePath, 'vanished', 'no such file or folder')
      return undefined
    }
    if (path.length === 0) return { sourcePath, path, stat }
    if (this.#isExcluded?.(text, entryTypeOf(stat) === 'directory') === true) {
      this.#options.onExcluded?.()
      return undefined
    }
    const reason = judgeEntryPath(text)
    if (reason === undefined) return { sourcePath, path, stat }
    this.#report(sourcePath, 'unstorable', `no archive may hold this path: ${reason}`)
    return undefined
  }

  #list(sourcePath: Buffer): readonly string[] {
    try {
      const names = this.#fileSystem.readdir(sourcePath).sort(compareNames)
      const isCache =
        this.#options.excludeCaches === true && names.includes(CACHE_TAG) && isCacheFolder(sourcePath, this.#fileSystem)
      return isCache ? [CACHE_TAG] : names
    } catch (error) {
      this.#reportError(sourcePath, error)
      return []
    }
  }

  #reportError(sourcePath: Buffer, error: unknown): void {
    this.#options.onProblem?.(toProblem(sourcePath, error))
  }

  #report(sourcePath: Buffer, kind: TreeProblemKind, message: string): void {
    this.#options.onProblem?.({ path: decodeText(sourcePath), kind, message })
  }
}
