/**
 * Goes through one root after the other. The walk keeps its own stack, so that depth is bounded by the longest path of
 * the system, not by the engine.
 */
import type { BigIntStats } from 'node:fs'
import { comparePaths, decodeText } from '../bytes/text.ts'
import { judgeEntryPath } from '../tar/entry-path.ts'
import { CACHE_TAG, isCacheFolder } from './cache-folder.ts'
import { createDescriber } from './describe-entry.ts'
import type { EntryDescriber, Found } from './describe-entry.ts'
import type { ExcludeRules } from './exclude-rules.ts'
import type { HookStep, PathHooks, PathVisit } from './path-hooks.ts'
import type { Posix } from './posix.ts'
import { followFolder } from './read-from.ts'
import type { ReadFrom } from './read-from.ts'
import { joinPath } from './root-path.ts'
import type { RootPath } from './root-path.ts'
import { toProblem } from './tree-entry.ts'
import type { TreeEntry, TreeProblemKind } from './tree-entry.ts'
import { nodeFileSystem } from './tree-file-system.ts'
import type { TreeFileSystem } from './tree-file-system.ts'
import type { WalkInternals, WalkOptions } from './walk-options.ts'

/** A folder whose names are being gone through. */
interface OpenFolder {
  readonly sourcePath: Buffer
  readonly path: Buffer
  readonly names: readonly Buffer[]
  next: number
  /** The file system in which it lies. */
  readonly device: bigint
  /** Where it would lie if nothing were read elsewhere; undefined when nothing is. */
  readonly place: string | undefined
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
    yield* this.#step(root.sourcePath, root.path, this.#readFrom?.placeOf(root.sourcePath), open)
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      const name = folder.names[folder.next]
      folder.next += 1
      if (name === undefined) {
        open.pop()
        if (folder.leave !== undefined) yield folder.leave
        continue
      }
      const place = folder.place === undefined ? undefined : `${folder.place}/${name.toString('latin1')}`
      yield* this.#step(joinPath(folder.sourcePath, name), joinPath(folder.path, name), place, open)
    }
  }

  /** Gives what is at a path, and what to do before and after. */
  *#step(
    ownPath: Buffer,
    path: Buffer,
    place: string | undefined,
    open: OpenFolder[],
  ): Generator<TreeEntry | HookStep, void, undefined> {
    const parent = open.at(-1)
    const folder = place === undefined ? undefined : this.#readFrom?.folderAt(place)
    const visit = this.#findHooks(folder ?? ownPath, path, folder !== undefined)
    if (visit !== undefined) yield visit.enter
    const found = this.#look(folder === undefined ? ownPath : followFolder(folder), path)
    if (found !== undefined) {
      // A folder that is read elsewhere is in a file system of its own, as a root is.
      const device = folder === undefined ? parent?.device : undefined
      yield* this.#visit(found, device ?? found.stat.dev, place, open)
    }
    if (visit === undefined) return
    const top = open.at(-1)
    if (top === undefined || top === parent) yield visit.leave
    else top.leave = visit.leave
  }

  /** Gives the entry, and puts a folder to be gone through next on top of the stack. */
  *#visit(
    found: Found,
    device: bigint,
    place: string | undefined,
    open: OpenFolder[],
  ): Generator<TreeEntry, void, undefined> {
    const { sourcePath, path, stat } = found
    const isElsewhere = this.#options.oneFileSystem === true && stat.dev !== device
    if (isElsewhere && !stat.isDirectory()) return
    if (path.length > 0) {
      const entry = this.#describe(found)
      if (entry === undefined) return
      yield entry
    }
    if (!stat.isDirectory() || isElsewhere) return
    open.push({ sourcePath, path, names: this.#list(sourcePath), next: 0, device, place, leave: undefined })
  }

  /** Finds the hooks of a path that is not left out. A folder that is read elsewhere may be made by one of them. */
  #findHooks(sourcePath: Buffer, path: Buffer, isReadElsewhere: boolean): PathVisit | undefined {
    if (this.#hooks === undefined || path.length === 0) return undefined
    const text = decodeText(path)
    const isFolder = isReadElsewhere || this.#isFolder(sourcePath)
    if (this.#isExcluded?.(text, isFolder) === true) return undefined
    return this.#hooks.visit({ path: text, sourcePath: decodeText(sourcePath) }, isFolder)
  }

  /** What cannot be looked at is reported when the walk looks at it. */
  #isFolder(sourcePath: Buffer): boolean {
    try {
      return this.#fileSystem.lstat(sourcePath)?.isDirectory() ?? false
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
    if (this.#isExcluded?.(text, stat.isDirectory()) === true) {
      this.#options.onExcluded?.()
      return undefined
    }
    const reason = judgeEntryPath(text)
    if (reason === undefined) return { sourcePath, path, stat }
    this.#report(sourcePath, 'unstorable', `no archive may hold this path: ${reason}`)
    return undefined
  }

  #list(sourcePath: Buffer): readonly Buffer[] {
    try {
      const names = this.#fileSystem.readdir(sourcePath).sort(comparePaths)
      const isCache =
        this.#options.excludeCaches === true &&
        names.some((name) => name.equals(CACHE_TAG)) &&
        isCacheFolder(sourcePath, this.#fileSystem)
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
