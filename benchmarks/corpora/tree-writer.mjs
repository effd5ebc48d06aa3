/** Writes the files of a corpus and counts them. */
import { closeSync, futimesSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

const FIRST_TIME = 1_600_000_000
const BLOCK_BYTES = 1 << 20

/** Synchronous, since that is several times as fast for small files. */
export class TreeWriter {
  /** Files and folders written. */
  entries = 0
  /** Bytes of their data. */
  bytes = 0
  #root
  #random
  #folders = new Set([''])

  /** @param root - the folder that gets the tree @param random - decides the times */
  constructor(root, random) {
    this.#root = root
    this.#random = random
    mkdirSync(root, { recursive: true })
  }

  /** Writes one file; text is latin1, as all of it is ASCII. A generator gives a large one piece by piece. */
  file(path, data) {
    this.#folder(dirname(path))
    const file = openSync(join(this.#root, path), 'wx', this.#random.chance(0.05) ? 0o755 : 0o644)
    if (typeof data === 'string' || data instanceof Uint8Array) this.#write(file, data)
    else for (const piece of joined(data)) this.#write(file, piece)
    const seconds = FIRST_TIME + this.#random.below(100_000_000) + this.#random.below(1_000_000) / 1e6
    futimesSync(file, seconds, seconds)
    closeSync(file)
    this.entries += 1
  }

  #write(file, data) {
    if (data.length === 0) return
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    this.bytes += bytes.length
  }

  #folder(path) {
    if (path === '.' || this.#folders.has(path)) return
    this.#folder(dirname(path))
    mkdirSync(join(this.#root, path))
    this.#folders.add(path)
    this.entries += 1
  }
}

/** Joins small texts to blocks worth a write. */
function* joined(pieces) {
  let text = ''
  for (const piece of pieces) {
    if (typeof piece !== 'string') yield piece
    else {
      text += piece
      if (text.length >= BLOCK_BYTES) {
        yield text
        text = ''
      }
    }
  }
  yield text
}
