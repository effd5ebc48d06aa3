/** Writes a new file so that blocks of zeros take no room on disk: they are left out, which reads as zeros. */
import { ftruncateSync, writeSync } from 'node:fs'
import { KiB } from '../limits.ts'

/** The block of most file systems; a smaller hole saves nothing. */
const BLOCK_BYTES: number = 4 * KiB

const ZEROS: Buffer = Buffer.alloc(BLOCK_BYTES)

/** Writes an empty file from front to back. */
export class HoleWriter {
  readonly #fd: number
  #sizeBytes = 0
  /** Where the file ends on disk so far: what follows is a hole still to be made. */
  #endOnDisk = 0

  /** @param fd - an empty file */
  constructor(fd: number) {
    this.#fd = fd
  }

  /** Appends bytes. */
  write(bytes: Uint8Array): void {
    let dataStart = 0
    for (let start = 0; start < bytes.length; ) {
      const untilBlockEnd = BLOCK_BYTES - ((this.#sizeBytes + start) % BLOCK_BYTES)
      const end = Math.min(start + untilBlockEnd, bytes.length)
      if (isZero(bytes, start, end)) {
        this.#put(bytes, dataStart, start)
        dataStart = end
      }
      start = end
    }
    this.#put(bytes, dataStart, bytes.length)
    this.#sizeBytes += bytes.length
  }

  /** Makes the hole at the end, if there is one, and gives the size in bytes. */
  finish(): number {
    if (this.#endOnDisk < this.#sizeBytes) ftruncateSync(this.#fd, this.#sizeBytes)
    return this.#sizeBytes
  }

  #put(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return
    let offset = start
    while (offset < end) offset += writeSync(this.#fd, bytes, offset, end - offset, this.#sizeBytes + offset)
    this.#endOnDisk = this.#sizeBytes + end
  }
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === 0 && ZEROS.compare(bytes, start, end, 0, end - start) === 0
}
