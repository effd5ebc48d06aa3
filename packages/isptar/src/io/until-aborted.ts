/** Lets one caller leave a piece of work that others wait for too. */

/**
 * Waits for shared work, or until the caller's signal ends the wait; the work itself goes on.
 *
 * @param work - a promise that several callers wait for
 * @param signal - of this caller
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  let leave = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
