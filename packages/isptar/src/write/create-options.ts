/** How an archive is to be written: the options, checked and with their defaults filled in. */
import { codec as defaultCodec } from '#codec'
import type { Codec, Level } from '../gzip/codec.ts'
import type { Target } from '../io/target.ts'
import { MiB, SEEK_BYTES } from '../limits.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import type { Time } from '../tar/entry-type.ts'
import { type BaseIdentity, checkCreatedAt } from './archive-info.ts'
import { toTime } from './entry-input.ts'
import type { EntryWriterOptions } from './entry-writer.ts'
import { createStoredTest, STORED_SUFFIXES } from './stored-suffixes.ts'

/** Longest plaintext of a group: what a reader of one file may have to inflate. */
const MAX_GROUP_BYTES: number = MiB

/** How to write an archive. */
export interface CreateOptions {
  /** Compression effort. @defaultValue 6 */
  level?: Level | undefined
  /**
   * Files whose names end so, in whatever letter case, are stored, not deflated; each with its dot.
   * @defaultValue {@link STORED_SUFFIXES}
   */
  storeSuffixes?: readonly string[] | undefined
  /** The archive's own time, of the years 0 to 9999; fix it for reproducible archives. @defaultValue now */
  createdAt?: Time | Date | undefined
  /** Whether to keep the SHA-256 of every file, 32 bytes an entry. @defaultValue `sha256` */
  digest?: 'sha256' | 'none' | undefined
  /**
   * Plain bytes between two seek points inside a file, a multiple of 512 from 4,096 on; 0 for none.
   * @defaultValue 1,048,576
   */
  seekBytes?: number | undefined
  /**
   * Files of up to so many bytes, up to 1 MiB, share members of about that plain size: the archive gets smaller, and reading
   * one of them means reading and inflating all of its member; the original program cannot read them. 0 for none.
   * @defaultValue 0
   */
  groupBytes?: number | undefined
  /** The archives that entries may refer to, nearest first. @defaultValue none */
  bases?: readonly BaseIdentity[] | undefined
  /** Further lines of the service info, in the order given; they must leave room (SPEC 5). @defaultValue none */
  serviceInfo?: ServiceInfo | undefined
  /** Takes the isolated catalogue: the tail alone (SPEC 2.4). It is committed after the archive. @defaultValue none */
  catalogue?: Target | undefined
  /**
   * Asked at each checkpoint for what the caller wants to find again when the writing is taken up by another run.
   * @defaultValue nothing
   */
  checkpointNote?: (() => string) | undefined
  /** What deflates. @defaultValue `node:zlib` on Node, pako elsewhere */
  codec?: Codec | undefined
  /** Ends the writing early: the target is aborted. */
  signal?: AbortSignal | undefined
}

/**
 * Checks options and fills in their defaults.
 *
 * @param signal - fires when the writing is to end
 * @throws RangeError for options that cannot be
 */
export function resolveCreateOptions(options: CreateOptions, signal: AbortSignal): EntryWriterOptions {
  const { codec = defaultCodec, storeSuffixes = STORED_SUFFIXES } = options
  const now = new Date(Math.floor(Date.now() / 1000) * 1000)
  return {
    codec,
    level: checkLevel(options.level ?? 6),
    createdAt: checkCreatedAt(toTime(options.createdAt ?? now, 'createdAt')),
    isStored: createStoredTest(storeSuffixes),
    seekBytes: checkSeekBytes(options.seekBytes ?? SEEK_BYTES),
    groupBytes: checkGroupBytes(options.groupBytes ?? 0),
    digests: (options.digest ?? 'sha256') === 'sha256',
    signal,
    checkpointNote: options.checkpointNote ?? (() => ''),
  }
}

function checkLevel(level: Level): Level {
  if (Number.isInteger(level) && level >= 0 && level <= 9) return level
  throw new RangeError(`level is ${level}, expected 0 to 9`)
}

function checkSeekBytes(seekBytes: number): number {
  if (seekBytes === 0 || (Number.isSafeInteger(seekBytes) && seekBytes >= 4096 && seekBytes % 512 === 0))
    return seekBytes
  throw new RangeError(`seekBytes is ${seekBytes}, expected 0 or a multiple of 512 from 4096 on`)
}

function checkGroupBytes(groupBytes: number): number {
  if (Number.isSafeInteger(groupBytes) && groupBytes >= 0 && groupBytes <= MAX_GROUP_BYTES) return groupBytes
  throw new RangeError(`groupBytes is ${groupBytes}, expected 0 to ${MAX_GROUP_BYTES}`)
}
