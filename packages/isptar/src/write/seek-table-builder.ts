/** Grows the seek table of a member while it is written; joins chunks two by two where there would be too many. */
import { combineCrc32 } from '../bytes/combine-crc32.ts'
import { MAX_SEEK_CHUNKS, type SeekTable } from '../tail/seek-column.ts'

/** A chunk of a member. */
export interface SeekChunk {
  readonly packedBytes: number
  readonly crc32: number
}

/** A seek table in the making. */
export class SeekTableBuilder {
  #chunkBytes: number
  #chunks: SeekChunk[]

  /**
   * @param chunkBytes - plain length of a chunk to begin with, a multiple of 512
   * @param from - chunks of that length to begin with
   */
  constructor(chunkBytes: number, from: readonly SeekChunk[] = []) {
    this.#chunkBytes = chunkBytes
    this.#chunks = [...from]
  }

  /** The chunks so far. */
  get chunks(): readonly SeekChunk[] {
    return this.#chunks
  }

  /** Plain length of the next chunk. */
  get chunkBytes(): number {
    return this.#chunkBytes
  }

  /** Adds a chunk of exactly {@link chunkBytes}; the last one may be shorter. */
  add(packedBytes: number, crc32: number): void {
    this.#chunks.push({ packedBytes, crc32 })
  }

  /** To be called when another chunk follows: where there is no room, there are half as many then, of twice the length. */
  makeRoom(): void {
    if (this.#chunks.length === MAX_SEEK_CHUNKS) this.#joinPairs()
  }

  #joinPairs(): void {
    const joined: SeekChunk[] = []
    for (let k = 0; k + 1 < this.#chunks.length; k += 2) {
      const [a, b] = [this.#chunks[k], this.#chunks[k + 1]]
      if (a && b)
        joined.push({
          packedBytes: a.packedBytes + b.packedBytes,
          crc32: combineCrc32(a.crc32, b.crc32, this.#chunkBytes),
        })
    }
    this.#chunks = joined
    this.#chunkBytes *= 2
  }

  /** Gives the table; undefined for a member of one chunk, which needs none. */
  table(): SeekTable | undefined {
    if (this.#chunks.length < 2) return undefined
    return {
      chunkBytes: this.#chunkBytes,
      packedBytes: this.#chunks.map((chunk) => chunk.packedBytes),
      crc32s: this.#chunks.map((chunk) => chunk.crc32),
    }
  }
}
