/** Makes a full archive of a differential one and its bases, without recompression. */
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import { encodeParts } from '../tail/part-mark.ts'
import { type ArchiveSummary, createArchive } from '../write/archive-writer.ts'
import { Copier, type CopyArchiveOptions, createdAtOf } from './copy-archive.ts'

/** What is said of the tree that was packed holds of its copy, too. */
const KEPT_KEYS = ['top']

/**
 * Copies an archive with everything that its entries refer to: the copy needs no base. Entries, their order, and the time
 * at which the archive was written stay. Data members are moved byte for byte, but for those of the original program that
 * hold more than their file; and so are groups, where all that is in one is copied, in order and with the same headers. Files
 * of other groups are packed anew. Costs one read of the listing and of each member; memory does not grow with the archive.
 *
 * @param archive - open with its bases; it stays open
 * @param target - takes the copy; nothing is left there when it fails
 * @throws BaseMismatchError when a base is missing, or another: nothing was written; FormatError, IntegrityError for what
 * is damaged; what the target throws
 * @example
 * ```ts
 * const archive = await openArchive(new HttpSource('https://backups.example/site.tgz'))
 * const target = new MemoryTarget()
 * const { entryCount, sizeBytes } = await flattenArchive(archive, target)
 * console.log(entryCount, sizeBytes)
 * await archive.close()
 * ```
 */
export async function flattenArchive(
  archive: Archive,
  target: Target,
  options: CopyArchiveOptions = {},
): Promise<ArchiveSummary> {
  await archive.checkBases(undefined, options)
  const parts = await archive.parts(options)
  const writer = createArchive(target, {
    ...options,
    createdAt: options.createdAt ?? createdAtOf(archive),
    serviceInfo: new Map([...keptInfo(archive), ...(parts.length > 0 ? encodeParts(parts) : [])]),
  })
  try {
    await new Copier(writer, options).copyAll(archive)
    return await writer.close()
  } finally {
    await writer.abort()
  }
}

function keptInfo({ serviceInfo }: Archive): ServiceInfo {
  return new Map([...serviceInfo].filter(([key]) => KEPT_KEYS.includes(key)))
}
