/** Reads a file, or a part of one, and tells whether it is and stayed what a walk saw of it. */
import type { BigIntStats } from 'node:fs'
import { COMPARED } from './file-data.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** What a walk saw of a file: one number for each of `COMPARED`, modulo 2^64. */
export type FileFacts = BigInt64Array

/** How many numbers those are. */
export const FACTS_LENGTH: number = COMPARED.length

/** Takes what is compared of a file's stat. */
export function takeFacts(stat: BigIntStats, into: FileFacts): void {
  for (const [at, key] of COMPARED.entries()) into[at] = stat[key]
}

/**
 * Reads a part of a file. One opening, one stat.
 *
 * @param path - of the file
 * @param facts - what a walk saw of it
 * @param offset - where the part begins
 * @param into - filled with it; with zeros where the file has ended
 * @returns whether it is the file that the walk saw, as it was then; if not, `into` holds whatever there was
 * @throws what the file system throws; zeros stand for what was not read then
 */
export function readStill(
  fileSystem: TreeFileSystem,
  path: Buffer,
  facts: FileFacts,
  offset: number,
  into: Uint8Array,
): boolean {
  let done = 0
  try {
    const fd = fileSystem.open(path)
    try {
      while (done < into.length) {
        const count = fileSystem.read(fd, into.subarray(done), offset + done)
        if (count === 0) break
        done += count
      }
      const now = fileSystem.fstat(fd)
      return done === into.length && COMPARED.every((key, at) => BigInt.asIntN(64, now[key]) === facts[at])
    } finally {
      fileSystem.close(fd)
    }
  } finally {
    into.fill(0, done)
  }
}
