/** Reads a file, or a part of one, and tells whether it is and stayed what a walk saw of it. */
import type { BigIntStats } from 'node:fs'
import { COMPARED } from './file-data.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** What a walk saw of a file: one number for each of `COMPARED`, modulo 2^64. */
export type FileFacts = BigInt64Array

/** How many numbers those are. */
export const FACTS_LENGTH: number = COMPARED.length

/** Takes what is compared of a file's stat. */
export function takeFacts(stat: BigIntStats, into: FileFacts = new BigInt64Array(FACTS_LENGTH)): FileFacts {
  for (const [at, key] of COMPARED.entries()) into[at] = stat[key]
  return into
}

/** Tells whether a file is the one that a walk saw, as it was then. */
export function isStill(now: BigIntStats, facts: FileFacts): boolean {
  return COMPARED.every((key, at) => BigInt.asIntN(64, now[key]) === facts[at])
}

/**
 * Reads a whole file. One opening, one stat.
 *
 * @param path - of the file
 * @param facts - what a walk saw of it
 * @param into - of the size that the walk saw
 * @returns whether it is the file that the walk saw, as it was then; if not, `into` holds whatever there was
 * @throws what the file system throws; zeros stand for what was not read then
 */
export function readStill(fileSystem: TreeFileSystem, path: Buffer, facts: FileFacts, into: Uint8Array): boolean {
  const fd = fileSystem.open(path)
  try {
    return readStillPart(fileSystem, fd, facts, 0, into)
  } finally {
    fileSystem.close(fd)
  }
}

/**
 * Reads a part of an open file, and looks at it once more.
 *
 * @param facts - what a walk saw of it
 * @param offset - where the part begins
 * @param into - filled with it; with zeros where the file has ended
 * @returns whether it is as the walk saw it; if not, `into` holds whatever there was
 * @throws what the file system throws; zeros stand for what was not read then
 */
export function readStillPart(
  fileSystem: TreeFileSystem,
  fd: number,
  facts: FileFacts,
  offset: number,
  into: Uint8Array,
): boolean {
  let done = 0
  try {
    while (done < into.length) {
      const count = fileSystem.read(fd, into.subarray(done), offset + done)
      if (count === 0) break
      done += count
    }
    return done === into.length && isStill(fileSystem.fstat(fd), facts)
  } finally {
    into.fill(0, done)
  }
}
