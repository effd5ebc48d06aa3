/** Makes one archive of several, each of which stays a part of it (SPEC 3.6), without recompression. */
import { UnsupportedError } from '../errors.ts'
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import { beginsLikePartMark, encodeParts, partMarkPath } from '../tail/part-mark.ts'
import { encodeText } from '../bytes/text.ts'
import { type ArchiveSummary, createArchive } from '../write/archive-writer.ts'
import { Copier, type CopyArchiveOptions, createdAtOf, prepareCopy } from './copy-archive.ts'
import type { Selection } from './selection.ts'

/** An archive to merge. */
export interface MergeInput {
  /** Name of the part that it becomes. An archive that has parts gives those, under their own names. */
  readonly name: string
  /** Open with its bases; it stays open. */
  readonly archive: Archive
}

/** How to merge. */
export interface MergeOptions extends CopyArchiveOptions {
  /** Whether all entries become one part, without names; of entries of one path the last counts. @defaultValue false */
  singlePart?: boolean | undefined
}

/**
 * Merges archives. Each keeps its entries and their order; what lies in bases is copied too, so that the merged archive
 * needs none. A plain tar unpacks all of it, the last of several entries of one path staying. Costs a read of each listing
 * and of each member.
 *
 * @param inputs - oldest first
 * @param target - takes the merged archive; nothing is left there when it fails
 * @throws RangeError for no inputs, and for names that are empty, hold a slash or NUL, or occur twice; BaseMismatchError
 * when a base is missing: nothing was written. UnsupportedError for an entry whose path merged archives need for
 * themselves; what {@link flattenArchive} throws
 */
export async function mergeArchives(
  inputs: readonly MergeInput[],
  target: Target,
  options: MergeOptions = {},
): Promise<ArchiveSummary> {
  const { singlePart = false } = options
  const parts = await partsOf(inputs, options)
  const names = parts.map(({ name }) => name)
  if (!singlePart) checkNames(names)
  const selections: (Selection | undefined)[] = []
  for (const [index, { archive }] of parts.entries())
    selections.push(await prepareCopy(archive, options, singlePart && index < parts.length - 1))
  const writer = createArchive(target, { ...options, ...(singlePart ? {} : { serviceInfo: encodeParts(names) }) })
  try {
    const copier = new Copier(writer, options)
    for (const [index, { name, archive }] of parts.entries()) {
      await copier.copyAll(archive, selections[index], singlePart ? undefined : (path) => checkPath(path, archive.name))
      if (singlePart) continue
      const path = partMarkPath(index + 1)
      await writer.add({ path, type: 'symlink', mode: 0o600, linkTarget: `.${name}`, mtime: createdAtOf(archive) })
    }
    return await writer.close()
  } finally {
    await writer.abort()
  }
}

/** The parts of what was merged before, and each other archive as a part. */
async function partsOf(inputs: readonly MergeInput[], options: CopyArchiveOptions): Promise<readonly MergeInput[]> {
  if (inputs.length === 0) throw new RangeError('nothing to merge: give at least one archive')
  const parts: MergeInput[] = []
  for (const input of inputs) {
    const views = await input.archive.openParts(options)
    if (views.length === 0) parts.push(input)
    else parts.push(...views.map((archive) => ({ name: archive.partName ?? '', archive })))
  }
  return parts
}

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    const shown = JSON.stringify(name)
    if (name === '' || /[/\0]/.test(name)) throw new RangeError(`no name of a part: ${shown}`)
    if (seen.has(name)) throw new RangeError(`two parts are named ${shown}: give one of them another name`)
    seen.add(name)
  }
}

function checkPath(stored: string, archive: string): void {
  const path = normalizeEntryPath(stored)
  if (!beginsLikePartMark(encodeText(path))) return
  throw new UnsupportedError(
    `${archive} has an entry ${JSON.stringify(path)}, a name that merged archives need for themselves: ` +
      'leave it out, or merge into a single part',
  )
}
