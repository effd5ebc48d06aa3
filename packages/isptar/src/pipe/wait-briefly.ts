/** Waiting for a side that may not answer any more. */

/** How long the last words to or from a side that gives up may take, in milliseconds. */
const LAST_WORDS_MS = 2000

/** Waits until the work has ended in whatever way, but not for long. Never throws. */
export async function waitBriefly(work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LAST_WORDS_MS)
  })
  try {
    await Promise.race([work.catch(() => undefined), over])
  } finally {
    clearTimeout(timer)
  }
}
