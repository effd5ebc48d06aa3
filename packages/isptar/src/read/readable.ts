/** Web streams from async iterators, in every engine (`ReadableStream.from` is not everywhere). */

/**
 * Makes a byte stream that pulls from an iterator; cancelling it ends the iterator.
 *
 * @param make - starts the iteration at the first pull
 */
export function toReadableStream(make: () => AsyncIterator<Uint8Array>): ReadableStream<Uint8Array> {
  let iterator: AsyncIterator<Uint8Array> | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller): Promise<void> {
        iterator ??= make()
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel(): Promise<void> {
        await iterator?.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
