/** Small pieces that go to the page together: each message costs as much as many bytes. */

const GATHERED_BYTES = 512 * 1024

/**
 * Gives a stream that hands on to another in pieces of up to 512 KiB. Closing or aborting it does that to the other. A
 * write resolves when what it filled was taken.
 */
export function gathering(out: WritableStream<Uint8Array>): WritableStream<Uint8Array> {
  const writer = out.getWriter()
  // What it would say is said by the write that fails.
  writer.closed.catch(() => undefined)
  const buffer = new Uint8Array(GATHERED_BYTES)
  let used = 0
  const flush = async (): Promise<void> => {
    if (used > 0) await writer.write(buffer.slice(0, used))
    used = 0
  }
  return new WritableStream<Uint8Array>({
    async write(chunk) {
      for (let from = 0; from < chunk.length; ) {
        const piece = chunk.subarray(from, from + GATHERED_BYTES - used)
        buffer.set(piece, used)
        used += piece.length
        from += piece.length
        if (used === GATHERED_BYTES) await flush()
      }
    },
    async close() {
      await flush()
      await writer.close()
    },
    abort: (reason) => writer.abort(reason),
  })
}
