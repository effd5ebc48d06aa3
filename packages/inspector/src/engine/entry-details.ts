/** Everything that an archive says of one entry. */
import { type Archive, type ByteSource, type Entry, normalizeEntryPath, StorageError } from 'isptar'
import type { EntryDetails, EntryLocation, EntryPlace } from '../contract/entry-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { toHex } from '../text/hex.ts'
import { sourceName } from '../text/place-name.ts'
import { findPath } from './find-entry.ts'
import { resolveLink } from './resolve-link.ts'
import { isSeekable } from './seek-chunks.ts'
import { troubleOf } from './trouble-of.ts'

/** Bytes of a member before its raw deflate, which is what the place of a file in a group names. */
const MEMBER_HEADER_BYTES = 10

/** An open archive, and the source that knows where its slices lie. */
export interface ReadArchive {
  readonly archive: Archive
  readonly counters: readonly Pick<ByteSource, 'locate'>[]
}

/**
 * Gives the details. Costs one read of 32 bytes for a digest, and a look-up for a link. What is malformed is told and left
 * out.
 */
export async function detailsOf(read: ReadArchive, entry: Entry, signal: AbortSignal): Promise<EntryDetails> {
  const { archive } = read
  const problems: string[] = []
  let trouble: Trouble | undefined
  const orTell = async <T>(what: string, value: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await value()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof StorageError) trouble ??= troubleOf(error)
      else problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  const digest = entry.type === 'file' ? await orTell('digest', () => archive.digest(entry, { signal })) : undefined
  const xattrs = (await orTell('extended attributes', () => entry.xattrs)) ?? new Map<string, Uint8Array>()
  return {
    path: normalizeEntryPath(entry.path),
    line: entry.place.line,
    type: entry.type,
    isFolder: entry.type === 'directory',
    sizeBytes: entry.sizeBytes,
    packedBytes: await orTell('packed size', () => entry.packedBytes),
    mtimeSeconds: entry.mtime?.seconds,
    mtimeNanoseconds: entry.mtime?.nanoseconds,
    depth: entry.location?.depth,
    linkTarget: entry.linkTarget,
    isDirty: entry.dirty,
    isUnsafe: entry.unsafeReason !== undefined,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    userName: entry.userName,
    groupName: entry.groupName,
    device: entry.device,
    digest: digest && toHex(digest),
    location: await orTell('place', () => locationOf(read, entry)),
    xattrs: [...xattrs].map(([name, value]) => ({ name, value })),
    unsafeReason: entry.unsafeReason,
    isSeekable: isSeekable(archive, entry),
    target: await orTell('link', () => targetOf(archive, entry, signal)),
    problems,
    trouble,
  }
}

function locationOf({ archive, counters }: ReadArchive, entry: Entry): EntryLocation | undefined {
  const { location } = entry
  if (location === undefined) return undefined
  const { depth, slice } = location
  const isInGroup = location.plainOffset > 0 && entry.columns.has('csize')
  const offset = isInGroup ? location.offset - MEMBER_HEADER_BYTES : location.offset
  const base = depth > 0 ? archive.bases[depth - 1] : undefined
  const sliceNames = (depth > 0 ? base : archive)?.sliceNames
  const [source] = counters
  return {
    depth,
    slice,
    sliceName: sliceNames?.[slice - 1],
    offset,
    archiveOffset: depth > 0 ? undefined : sliceNames ? source?.locate?.(slice, offset) : offset,
    isInGroup,
    baseName: depth > 0 ? (base ? sourceName(base.name) : archive.baseNames[depth - 1]) : undefined,
  }
}

async function targetOf(archive: Archive, entry: Entry, signal: AbortSignal): Promise<EntryPlace | undefined> {
  const { type, linkTarget } = entry
  if (linkTarget === undefined) return undefined
  const path = type === 'symlink' ? resolveLink(normalizeEntryPath(entry.path), linkTarget) : linkTarget
  if (path === undefined || normalizeEntryPath(path) === '') return undefined
  const found = await findPath(archive, path, signal)
  return found && { path: found.path, line: found.line }
}
