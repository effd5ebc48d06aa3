/** What a caller does around the packing of a tree: freeze a database and thaw it, make a snapshot and drop it. */

/** What a hook at a path is told; bytes that are not UTF-8 as lone surrogates. */
export interface HookPath {
  /** Path in the archive. */
  readonly path: string
  /** Where it is read. */
  readonly sourcePath: string
}

/** What is done before and after what a pattern matches is packed. */
export interface PathHook {
  /**
   * As in a `.gitignore` that lies where the archive's paths begin. Below a match the same hook does not run again; of a
   * match that is no root and above one, the root takes the place.
   */
  readonly pattern: string
  /** Runs before the walk looks at the file or folder. Its failure ends the packing. */
  readonly before?: ((at: HookPath) => Promise<void>) | undefined
  /**
   * Runs after everything there is packed, and when the packing failed meanwhile or `before` did. Of several hooks, the
   * last one entered comes first. Its failure ends the packing.
   */
  readonly after?: ((at: HookPath) => Promise<void>) | undefined
}

/** How a run ended. `ok`: all was packed; `partial`: there are problems, the archive is whole; `failed`: no archive. */
export interface RunOutcome {
  readonly state: 'ok' | 'partial' | 'failed'
  /** Why it failed. */
  readonly error?: unknown
}

/** What is done around a packing. */
export interface PackHooks {
  /** Runs before anything is looked at. Its failure ends the packing. */
  readonly beforeRun?: (() => Promise<void>) | undefined
  /**
   * Runs after the archive was committed, or after the packing failed for whatever reason, `beforeRun` among them. The
   * archive stays when this fails.
   */
  readonly afterRun?: ((outcome: RunOutcome) => Promise<void>) | undefined
  /** Run in this order where several match. */
  readonly paths?: readonly PathHook[] | undefined
}

/** What {@link runBetweenHooks} needs of the options of a packing. */
export interface RunHookOptions {
  hooks?: PackHooks | undefined
  onNotice?: ((message: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/**
 * Runs a packing between the hooks of a run. Once the first began, the last one is run.
 *
 * @param options - the hooks, and whom to tell of the last one's failure after a failure
 * @param pack - packs and commits
 * @returns the report; when the last hook failed, with its error and not `ok`
 */
export async function runBetweenHooks<Report extends { readonly ok: boolean; readonly afterRunError?: unknown }>(
  options: RunHookOptions,
  pack: () => Promise<Report>,
): Promise<Report> {
  const { hooks, onNotice, signal } = options
  if (hooks === undefined) return pack()
  signal?.throwIfAborted()
  let report: Report
  try {
    await hooks.beforeRun?.()
    report = await pack()
  } catch (error) {
    try {
      await hooks.afterRun?.({ state: 'failed', error })
    } catch (failure) {
      onNotice?.(laterFailure(failure))
    }
    throw error
  }
  try {
    await hooks.afterRun?.({ state: report.ok ? 'ok' : 'partial' })
    return report
  } catch (afterRunError) {
    return { ...report, ok: false, afterRunError }
  }
}

/** Says of a hook that failed while another failure is on its way to the caller. */
export function laterFailure(error: unknown): string {
  return `a hook failed as well: ${error instanceof Error ? error.message : String(error)}`
}
