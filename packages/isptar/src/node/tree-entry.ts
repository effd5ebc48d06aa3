/** What a walk finds: one thing in the file system, described as an archive stores it, and what could not be taken. */
import { constants } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { decodeText } from '../bytes/text.ts'
import type { Device, EntryType, Time } from '../tar/entry-type.ts'
import { errnoOf } from './file-error.ts'

/** One thing found; may be given to `ArchiveWriter.add` as it is. */
export interface TreeEntry {
  /** Path in the archive. */
  readonly path: Buffer
  /** Where it lies in the file system. */
  readonly sourcePath: Buffer
  readonly type: EntryType
  /** Permission bits and setuid, setgid, sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Empty when the machine has no name for the uid. */
  readonly userName: string
  /** Empty when the machine has no name for the gid. */
  readonly groupName: string
  readonly mtime: Time
  /** Length of a file's data in bytes when it was looked at; 0 for all else. */
  readonly sizeBytes: number
  /** Target of a symlink, or path in the archive of the entry that a hardlink names. */
  readonly linkTarget?: Buffer
  /** Number of a `char` or `block` device. */
  readonly device?: Device
  /** Extended attributes; absent on hardlinks and where they are not asked for. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array>
  /** All that the file system said of it. */
  readonly stat: BigIntStats
}

/**
 * Why something could not be taken as it is. `unreadable`: it is missing from the archive, or zeros stand for what
 * could not be read; `vanished`: it went away meanwhile; `changed`: it was written to while it was read;
 * `unstorable`: its path is one no archive may hold.
 */
export type TreeProblemKind = 'unreadable' | 'vanished' | 'changed' | 'unstorable'

/** Something that could not be taken as it is. */
export interface TreeProblem {
  /** Where it lies in the file system; bytes that are not UTF-8 as lone surrogates. */
  readonly path: string
  readonly kind: TreeProblemKind
  /** What happened, without the path. */
  readonly message: string
}

/** What a file is known by while its file system is mounted. */
export interface FileIdentity {
  /** Number of the file system. */
  readonly dev: bigint
  /** Number of the file in it. */
  readonly ino: bigint
}

const NANOS = 1e9

/** What of a stat's mode tells the type. */
const TYPES: ReadonlyMap<number, EntryType> = new Map([
  [constants.S_IFREG, 'file'],
  [constants.S_IFDIR, 'directory'],
  [constants.S_IFLNK, 'symlink'],
  [constants.S_IFIFO, 'fifo'],
  [constants.S_IFCHR, 'char'],
  [constants.S_IFBLK, 'block'],
])

/** The part of an entry that its stat tells, without type, names and links. */
export function describeStat(
  stat: BigIntStats,
): Pick<TreeEntry, 'mode' | 'uid' | 'gid' | 'mtime' | 'sizeBytes' | 'stat'> {
  return {
    mode: Number(stat.mode) & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    mtime: toTime(stat.mtimeNs),
    sizeBytes: entryTypeOf(stat) === 'file' ? Number(stat.size) : 0,
    stat,
  }
}

/** Tells the type of an entry; undefined for sockets and what else no archive can hold. */
export function entryTypeOf({ mode }: BigIntStats): EntryType | undefined {
  return TYPES.get(Number(mode) & constants.S_IFMT)
}

/** Whole seconds are rounded down, so that the nanoseconds are never negative. */
function toTime(nanoseconds: bigint): Time {
  // Near enough to be right or, next to a whole second, one off.
  const seconds = Math.floor(Number(nanoseconds) / NANOS)
  const rest = Number(nanoseconds - BigInt(seconds) * 1_000_000_000n)
  if (rest < 0) return { seconds: seconds - 1, nanoseconds: rest + NANOS }
  return rest < NANOS ? { seconds, nanoseconds: rest } : { seconds: seconds + 1, nanoseconds: rest - NANOS }
}

/** Says of an error of the file system whether the thing went away or could not be read. */
export function toProblem(sourcePath: Buffer, error: unknown): TreeProblem {
  const code = errnoOf(error)
  const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'vanished' : 'unreadable'
  return { path: decodeText(sourcePath), kind, message: error instanceof Error ? error.message : String(error) }
}
