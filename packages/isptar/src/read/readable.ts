/** Web streams from async iterators, in every engine (`ReadableStream.from` is not everywhere). */

/**
 * Makes a byte stream that pulls from an iterator. Cancelling it ends the iterator at once, also one that waits.
 *
 * @param make - starts the iteration at the first pull; the signal it gets says that the stream was cancelled
 * @param signal - the caller's own
 */
export function toReadableStream(
  make: (signal: AbortSignal) => AsyncIterator<Uint8Array>,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const cancelled = new AbortController()
  const ended = signal ? AbortSignal.any([signal, cancelled.signal]) : cancelled.signal
  let iterator: AsyncIterator<Uint8Array> | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller): Promise<void> {
        iterator ??= make(ended)
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel(reason: unknown): void {
        cancelled.abort(reason)
        // Not waited for: it comes after the read that is under way, which the signal has just ended.
        iterator?.return?.().catch(() => undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
