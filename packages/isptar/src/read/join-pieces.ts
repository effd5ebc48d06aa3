/** Joins data that comes in pieces. */

/**
 * Gives the data in memory of its own; a single piece that is all of it is not copied.
 *
 * @param lengthBytes - what the pieces have together
 */
export async function joinPieces(pieces: AsyncIterable<Uint8Array>, lengthBytes: number): Promise<Uint8Array> {
  let whole: Uint8Array | undefined
  let offset = 0
  for await (const piece of pieces) {
    if (piece.length === lengthBytes && piece.buffer.byteLength === lengthBytes) whole = piece
    else {
      whole ??= new Uint8Array(lengthBytes)
      whole.set(piece, offset)
    }
    offset += piece.length
  }
  return whole?.subarray(0, offset) ?? new Uint8Array(0)
}
