/** Makes a full archive of a differential one and its bases, without recompression. */
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import { encodeParts } from '../tail/part-mark.ts'
import { type ArchiveSummary, createArchive } from '../write/archive-writer.ts'
import { Copier, type CopyArchiveOptions, createdAtOf, prepareCopy } from './copy-archive.ts'
import { mergeArchives } from './merge.ts'

/** What is said of the tree that was packed holds of its copy, too. */
const KEPT_KEYS = ['top']

/**
 * Copies an archive, or what is selected of it, with everything that its entries refer to: the copy needs no base.
 * Entries, their order, and the time at which the archive was written stay. Data members are moved byte for byte, but for
 * those of the original program that hold more than their file; and so are groups, where all that is in one is copied, in
 * order and with the same headers. Files of other groups are packed anew. Costs one read of the listing and of each member;
 * memory does not grow with the archive, but for a byte an entry where some are selected.
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
 * const part = new MemoryTarget()
 * await flattenArchive(archive, part, { select: ({ path }) => path.startsWith('site/etc/') })
 * await archive.close()
 * ```
 */
export async function flattenArchive(
  archive: Archive,
  target: Target,
  options: CopyArchiveOptions = {},
): Promise<ArchiveSummary> {
  const createdAt = options.createdAt ?? createdAtOf(archive)
  const parts = await archive.parts(options)
  // Each part has hardlinks of its own, and the marks behind them are nothing to select.
  if (options.select && parts.length > 0)
    return mergeArchives([{ name: archive.name, archive }], target, { ...options, createdAt })
  const selection = await prepareCopy(archive, options)
  const writer = createArchive(target, {
    ...options,
    createdAt,
    serviceInfo: new Map([...keptInfo(archive), ...(parts.length > 0 ? encodeParts(parts) : [])]),
  })
  try {
    await new Copier(writer, options).copyAll(archive, selection)
    return await writer.close()
  } finally {
    await writer.abort()
  }
}

function keptInfo({ serviceInfo }: Archive): ServiceInfo {
  return new Map([...serviceInfo].filter(([key]) => KEPT_KEYS.includes(key)))
}
