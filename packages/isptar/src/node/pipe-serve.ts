/** The machine with the disk: makes an archive of what another machine sends. */
import type { BaseReuse } from '../chain/base-reuse.ts'
import type { Target } from '../io/target.ts'
import type { ServeOptions, ServeReport } from '../pipe/receiver.ts'
import { servePipe } from '../pipe/serve-pipe.ts'
import { type ArchiveWriter, createArchive, type CreateOptions } from '../write/archive-writer.ts'
import { openBases } from './open-bases.ts'
import { type PackOptions, sourceDateEpoch } from './pack-tree.ts'
import { type PipeEnds, toPipeStreams } from './pipe-ends.ts'

/** What of the options of `packTree` says how the archive is written. */
type WritingOptions = Pick<
  PackOptions,
  | 'level'
  | 'storeSuffixes'
  | 'createdAt'
  | 'digest'
  | 'seekBytes'
  | 'groupBytes'
  | 'catalogue'
  | 'base'
  | 'compare'
  | 'moved'
  | 'copyData'
>

/**
 * Options of {@link serveArchive}. Those that say how the archive is written are those of `packTree`. With a `base`, what
 * is unchanged is not sent, nor is content that the base has under another path: its SHA-256 is sent instead.
 */
export interface ServeArchiveOptions extends ServeOptions, WritingOptions {}

/**
 * Receives a tree from a client, such as `sendTree` or the original program, and writes the archive. The client's first
 * two bytes say which of the two protocols it speaks. What it sends is not trusted: paths that lead elsewhere are
 * refused one by one, what breaks the protocol ends it.
 *
 * @param ends - the connection to the client; used up, also when this throws
 * @param target - where the archive goes; it is committed, or aborted when this throws
 * @param options - how to compress and whom to tell
 * @throws BaseMismatchError when the bases do not belong together; StorageError whose `location` is `client` when that side fails or goes away, or nothing at all could be
 * received; what the target throws; `signal.reason` on abort
 */
export async function serveArchive(
  ends: PipeEnds,
  target: Target,
  options: ServeArchiveOptions = {},
): Promise<ServeReport> {
  const streams = toPipeStreams(ends)
  let reuse: BaseReuse | undefined
  let writer: ArchiveWriter
  try {
    reuse = await openBases(target, options)
    writer = createArchive(target, describeArchive(reuse, options))
  } catch (error) {
    await Promise.allSettled([streams.readable.cancel(error), streams.writable.abort(error), target.abort()])
    await Promise.allSettled([reuse?.close(), options.catalogue?.abort()])
    throw error
  }
  try {
    return await servePipe(streams, writer, options, reuse && { reuse, compare: options.compare ?? 'metadata' })
  } finally {
    await reuse?.close()
  }
}

function describeArchive(reuse: BaseReuse | undefined, options: ServeArchiveOptions): CreateOptions {
  const { level, storeSuffixes, digest, seekBytes, groupBytes, catalogue, signal } = options
  const createdAt = options.createdAt ?? sourceDateEpoch(process.env['SOURCE_DATE_EPOCH'])
  const bases = reuse?.identities
  return { level, storeSuffixes, digest, seekBytes, groupBytes, catalogue, createdAt, bases, signal }
}
