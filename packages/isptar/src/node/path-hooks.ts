/** Finds the hooks of paths as a walk goes along, and remembers which are to be ended. */
import { createExcludeRules } from './exclude-rules.ts'
import type { ExcludeRules } from './exclude-rules.ts'
import { laterFailure } from './pack-hooks.ts'
import type { HookPath, PathHook } from './pack-hooks.ts'

/** Something a walk has to wait for before it goes on. */
export interface HookStep {
  run(): Promise<void>
}

/** What to do before a path is looked at, and after all there was packed. */
export interface PathVisit {
  readonly enter: HookStep
  readonly leave: HookStep
}

/** A hook, and whether the walk is at or below a match of it. */
interface Watch {
  readonly hook: PathHook
  readonly matches: ExcludeRules
  isEntered: boolean
}

/** The hooks of one walk. */
export class PathHooks {
  readonly #watches: readonly Watch[]
  readonly #entered: { readonly watch: Watch; readonly at: HookPath }[] = []

  private constructor(watches: readonly Watch[]) {
    this.#watches = watches
  }

  /**
   * Makes them.
   *
   * @returns undefined when there are none
   * @throws RangeError for a pattern that is empty or begins with `!`
   */
  static async create(hooks: readonly PathHook[] = []): Promise<PathHooks | undefined> {
    const watches: Watch[] = []
    for (const hook of hooks) {
      const isPattern = hook.pattern !== '' && !hook.pattern.startsWith('!')
      const matches = isPattern ? await createExcludeRules([hook.pattern]) : undefined
      if (matches === undefined) throw new RangeError(`${JSON.stringify(hook.pattern)} is no pattern for a hook`)
      watches.push({ hook, matches, isEntered: false })
    }
    return watches.length === 0 ? undefined : new PathHooks(watches)
  }

  /** Patterns that matched nothing so far. */
  get unmetPatterns(): readonly string[] {
    return this.#watches.flatMap(({ matches }) => matches.unmet())
  }

  /** Gives what to do at a path; undefined, for nearly all of them, when nothing is. */
  visit(at: HookPath, isFolder: boolean): PathVisit | undefined {
    const watches = this.#watches.filter((watch) => !watch.isEntered && watch.matches(at.path, isFolder))
    if (watches.length === 0) return undefined
    const depth = this.#entered.length
    return { enter: { run: () => this.#enter(watches, at) }, leave: { run: () => this.#leave(depth) } }
  }

  /** Ends what a walk that failed has left; tells of failures and goes on. */
  async leaveAll(onNotice: ((message: string) => void) | undefined): Promise<void> {
    while (this.#entered.length > 0) {
      try {
        await this.#leave(0)
      } catch (error) {
        onNotice?.(laterFailure(error))
      }
    }
  }

  async #enter(watches: readonly Watch[], at: HookPath): Promise<void> {
    for (const watch of watches) {
      watch.isEntered = true
      this.#entered.push({ watch, at })
      await watch.hook.before?.(at)
    }
  }

  async #leave(depth: number): Promise<void> {
    while (this.#entered.length > depth) {
      const last = this.#entered.pop()
      if (last === undefined) return
      last.watch.isEntered = false
      await last.watch.hook.after?.(last.at)
    }
  }
}
