/**
 * The calls by which walking and packing look at the file system: synchronous, because those are several times faster
 * on Node than promises. One interface, so that tests can make any call fail.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, readdirSync, readlinkSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'

/** Reading calls on paths of any bytes; each throws as Node does. */
export interface TreeFileSystem {
  /** Looks at a path, a symlink itself at its end; undefined when there is nothing. */
  lstat(path: Buffer): BigIntStats | undefined
  /** Lists the names in a folder, one character a byte, in any order, without `.` and `..`. */
  readdir(path: Buffer): string[]
  readlink(path: Buffer): Buffer
  /** Opens a regular file to read; refuses a symlink at the end and never waits for the other end of a FIFO. */
  open(path: Buffer): number
  fstat(fd: number): BigIntStats
  /** Reads on from `offset`; gives the number of bytes, 0 at the end. */
  read(fd: number, into: Uint8Array, offset: number): number
  close(fd: number): void
}

// Absent on Windows, where neither FIFOs nor links in the way are met.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The file system of this machine. */
export const nodeFileSystem: TreeFileSystem = {
  lstat: (path) => lstatSync(path, { bigint: true, throwIfNoEntry: false }),
  // Half as dear as names in buffers, and as exact.
  readdir: (path) => readdirSync(path, { encoding: 'latin1' }),
  readlink: (path) => readlinkSync(path, { encoding: 'buffer' }),
  open: (path) => openSync(path, OPEN_FLAGS),
  fstat: (fd) => fstatSync(fd, { bigint: true }),
  read: (fd, into, offset) => readSync(fd, into, 0, into.length, offset),
  close: (fd) => closeSync(fd),
}
