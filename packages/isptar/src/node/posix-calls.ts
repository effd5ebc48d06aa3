/**
 * The contract of what POSIX can do and Node cannot: times to the nanosecond on any kind of file, extended attributes,
 * device nodes and FIFOs. No call follows a symlink at the end of a path.
 */
import type { Device, Time } from '../tar/entry-type.ts'

/** A path as bytes, or the number of an open file. */
export type PathOrFd = Buffer | number

/** System calls beyond Node's own. Failures are thrown as Node throws them, with `code`, `errno` and `syscall`. */
export interface Posix {
  /** Whether times are exact; else they are right to the microsecond. */
  readonly hasExactTimes: boolean
  /** Whether extended attributes can be read and written. */
  readonly hasXattrs: boolean
  /** What cannot be done and why, in one line; undefined when all can. */
  readonly notice: string | undefined
  /** Sets the time of change of a file of any type, a symlink's own included. */
  setModifiedTime(file: PathOrFd, mtime: Time): void
  /**
   * Reads all extended attributes, names in the order of the file system; empty where it has none or cannot have any.
   * Those that vanish or that only another user may read are left out.
   */
  readXattrs(path: Buffer): Map<string, Uint8Array>
  /** Sets one extended attribute. */
  writeXattr(file: PathOrFd, name: string, value: Uint8Array): void
  /** Makes a FIFO of mode 0600 or stricter; fails when the path exists. */
  makeFifo(path: Buffer): void
  /** Makes a device node of mode 0600 or stricter; fails when the path exists. Needs root. */
  makeDevice(path: Buffer, type: 'char' | 'block', device: Device): void
}
