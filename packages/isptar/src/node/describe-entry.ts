/** Describes what a walk found as an archive stores it: type, owners' names, links, devices, extended attributes. */
import type { BigIntStats } from 'node:fs'
import { decodeText } from '../bytes/text.ts'
import { KiB } from '../limits.ts'
import type { EntryType } from '../tar/entry-type.ts'
import { fromDeviceNumber } from './device-number.ts'
import { Hardlinks } from './hardlinks.ts'
import { isTemporaryName } from './own-files.ts'
import { readOwners } from './owners.ts'
import type { Posix } from './posix.ts'
import { describeStat, entryTypeOf, toProblem } from './tree-entry.ts'
import type { FileIdentity, TreeEntry, TreeProblem } from './tree-entry.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** The attributes an archive keeps; the rest belongs to one file system only. */
const KEPT_XATTRS = /^(?:user|security|trusted)\.|^system\.posix_acl_/

/** In base64 they share a listing line, which ends at 1 MiB, with path and link target. */
const MAX_XATTR_BYTES = 512 * KiB

/** Something that was looked at and is not left out. */
export interface Found {
  /** Where it lies. */
  readonly sourcePath: Buffer
  /** Path in the archive. */
  readonly path: Buffer
  readonly stat: BigIntStats
}

/** Describes one thing found; undefined when no archive can hold it, which is then reported. */
export type EntryDescriber = (found: Found) => TreeEntry | undefined

/** What of a walk's options describing needs. */
export interface DescribeOptions {
  xattrs?: boolean | undefined
  isOwnFile?: ((file: FileIdentity) => boolean) | undefined
  onProblem?: ((problem: TreeProblem) => void) | undefined
  onNotice?: ((message: string) => void) | undefined
  hardlinks?: Hardlinks | undefined
}

/**
 * Makes a describer; reads the names of owners now.
 *
 * @param options - those of the walk
 * @param fileSystem - reads link targets
 * @param posix - reads extended attributes
 */
export function createDescriber(options: DescribeOptions, fileSystem: TreeFileSystem, posix: Posix): EntryDescriber {
  const owners = readOwners()
  const hardlinks = options.hardlinks ?? new Hardlinks()
  const wantsXattrs = options.xattrs ?? true
  if (wantsXattrs && !posix.hasXattrs && posix.notice !== undefined) options.onNotice?.(posix.notice)

  return (found) => {
    const { sourcePath, path, stat } = found
    const type = typeOf(found, options)
    if (type === undefined) return undefined
    const { mode, uid, gid, mtime, sizeBytes } = describeStat(stat)
    const userName = owners.userName(uid)
    const groupName = owners.groupName(gid)
    // One object that grows: spreading one into another costs more than looking at the file does.
    const entry: Growing<TreeEntry> = {
      path,
      sourcePath,
      type,
      mode,
      uid,
      gid,
      userName,
      groupName,
      mtime,
      sizeBytes,
      stat,
    }
    const first = type === 'file' ? hardlinks.claim(stat, path) : undefined
    if (first !== undefined) {
      entry.type = 'hardlink'
      entry.sizeBytes = 0
      entry.linkTarget = first
      return entry
    }
    if (wantsXattrs && posix.hasXattrs) entry.xattrs = readXattrs(sourcePath, posix, options)
    if (type === 'char' || type === 'block') entry.device = fromDeviceNumber(stat.rdev)
    if (type !== 'symlink') return entry
    const linkTarget = readLink(sourcePath, fileSystem, options)
    if (linkTarget === undefined) return undefined
    entry.linkTarget = linkTarget
    return entry
  }
}

type Growing<T> = { -readonly [K in keyof T]: T[K] }

function typeOf({ sourcePath, stat }: Found, options: DescribeOptions): EntryType | undefined {
  const type = entryTypeOf(stat)
  const reason = reasonAgainst(type, sourcePath, stat, options)
  if (reason === undefined) return type
  options.onNotice?.(`left out ${JSON.stringify(decodeText(sourcePath))}: ${reason}`)
  return undefined
}

function reasonAgainst(
  type: EntryType | undefined,
  sourcePath: Buffer,
  stat: BigIntStats,
  options: DescribeOptions,
): string | undefined {
  if (type === undefined) return 'a socket cannot be archived'
  if (type === 'file' && options.isOwnFile?.(stat) === true) return 'it is the archive itself'
  if (type !== 'directory' && isTemporaryName(sourcePath)) return 'isptar did not finish it'
  return undefined
}

function readLink(path: Buffer, fileSystem: TreeFileSystem, options: DescribeOptions): Buffer | undefined {
  try {
    return fileSystem.readlink(path)
  } catch (error) {
    options.onProblem?.(toProblem(path, error))
    return undefined
  }
}

function readXattrs(path: Buffer, posix: Posix, options: DescribeOptions): ReadonlyMap<string, Uint8Array> {
  const kept = new Map<string, Uint8Array>()
  let bytes = 0
  try {
    for (const [name, value] of posix.readXattrs(path)) {
      if (!KEPT_XATTRS.test(name)) continue
      kept.set(name, value)
      bytes += name.length + value.length
    }
  } catch (error) {
    options.onProblem?.(toProblem(path, error))
  }
  if (bytes <= MAX_XATTR_BYTES) return kept
  const message = `its extended attributes are left out: ${bytes} bytes, an entry holds ${MAX_XATTR_BYTES}`
  options.onProblem?.({ path: decodeText(path), kind: 'unreadable', message })
  return new Map()
}
