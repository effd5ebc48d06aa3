/** The machine with the disk: makes an archive of what another machine sends. */
import type { Level } from '../gzip/codec.ts'
import type { Target } from '../io/target.ts'
import type { ServeOptions, ServeReport } from '../pipe/receiver.ts'
import { servePipe } from '../pipe/serve-pipe.ts'
import type { Time } from '../tar/entry-type.ts'
import { createArchive } from '../write/archive-writer.ts'
import { sourceDateEpoch } from './pack-tree.ts'
import { type PipeEnds, toPipeStreams } from './pipe-ends.ts'

/** Options of {@link serveArchive}. */
export interface ServeArchiveOptions extends ServeOptions {
  /** Compression effort. @defaultValue 6 */
  level?: Level | undefined
  /** Files whose names end so are stored, not deflated. @defaultValue those of compressed formats */
  storeSuffixes?: readonly string[] | undefined
  /** The archive's own time. @defaultValue `SOURCE_DATE_EPOCH` of the environment, else now */
  createdAt?: Time | Date | undefined
}

/**
 * Receives a tree from a client, such as `sendTree` or the original program, and writes the archive. The client's first
 * two bytes say which of the two protocols it speaks. What it sends is not trusted: paths that lead elsewhere are
 * refused one by one, what breaks the protocol ends it.
 *
 * @param ends - the connection to the client; used up, also when this throws
 * @param target - where the archive goes; it is committed, or aborted when this throws
 * @param options - how to compress and whom to tell
 * @throws StorageError whose `location` is `client` when that side fails or goes away, or nothing at all could be
 * received; what the target throws; `signal.reason` on abort
 */
export async function serveArchive(
  ends: PipeEnds,
  target: Target,
  options: ServeArchiveOptions = {},
): Promise<ServeReport> {
  const { level, storeSuffixes, signal } = options
  const createdAt = options.createdAt ?? sourceDateEpoch(process.env['SOURCE_DATE_EPOCH'])
  const writer = createArchive(target, { level, storeSuffixes, createdAt, signal })
  return servePipe(toPipeStreams(ends), writer, options)
}
