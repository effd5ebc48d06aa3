/** Takes a merged archive apart into those that it was made of (SPEC 3.6), without recompression. */
import { UnsupportedError } from '../errors.ts'
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import type { ArchiveSummary } from '../write/archive-writer.ts'
import type { CopyArchiveOptions } from './copy-archive.ts'
import { flattenArchive } from './flatten.ts'

/** What became of a part. */
export interface SplitPart {
  readonly name: string
  readonly summary: ArchiveSummary
}

/**
 * Makes a full archive of each part. A part that was a full archive of this library, and was written with the same
 * settings, becomes the same archive again, byte for byte but for keys of the service info that merging drops, and names of
 * owners that no listing can hold. Costs a pass over the listing for each part, and one read of each member.
 *
 * @param archive - a merged archive; it stays open
 * @param open - gives the target of a part; called when the parts before it are whole. When a part fails nothing of it is
 * left; the parts before it stay. Names may be any text: check before they become names of files
 * @throws UnsupportedError for an archive that was not merged; what {@link flattenArchive} throws
 */
export async function splitArchive(
  archive: Archive,
  open: (name: string, index: number) => Target | Promise<Target>,
  options: CopyArchiveOptions = {},
): Promise<readonly SplitPart[]> {
  const parts = await archive.openParts(options)
  if (parts.length === 0)
    throw new UnsupportedError(`${archive.name} was not merged of parts: there is nothing to split`)
  const done: SplitPart[] = []
  for (const [index, part] of parts.entries()) {
    const name = part.partName ?? ''
    done.push({ name, summary: await flattenArchive(part, await open(name, index), options) })
  }
  return done
}
