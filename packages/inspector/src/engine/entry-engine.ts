/** Details of entries, and looks at their data. */
import type { Entry } from 'isptar'
import type { EntryCalls, EntryDetails, NestedListing, Preview, PreviewOptions } from '../contract/entry-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'
import { detailsOf } from './entry-details.ts'
import { fileOf, findEntry, getEntry } from './find-entry.ts'
import { nestedListing } from './nested-archive.ts'
import { nothingToSee, previewOf } from './preview-of.ts'

const WITHOUT_DATA: Readonly<Record<Exclude<Entry['type'], 'file' | 'hardlink'>, string>> = {
  directory: 'A folder has no data of its own.',
  symlink: 'A symbolic link has no data of its own, only the path that it leads to.',
  fifo: 'A named pipe: programs pass data through it, it holds none.',
  char: 'A character device: it stands for hardware, it holds no data.',
  block: 'A block device: it stands for hardware, it holds no data.',
}

/** Looks at single entries of the open archive. */
export class EntryEngine implements EntryCalls {
  readonly #holder: ArchiveHolder

  constructor(holder: ArchiveHolder) {
    this.#holder = holder
  }

  async details(path: string, line: number, signal: AbortSignal): Promise<EntryDetails | undefined> {
    const { archive, counters } = this.#holder
    const find = line < 0 ? findEntry : getEntry
    const entry = await find(archive, path, line, signal)
    return entry && detailsOf({ archive, counters }, entry, signal)
  }

  async preview(path: string, options: PreviewOptions, signal: AbortSignal): Promise<Preview> {
    const { archive } = this.#holder
    const entry = await getEntry(archive, path, options.line, signal)
    const file = await fileOf(archive, entry, signal)
    if (file === undefined) return nothingToSee(wordsFor(entry))
    if (file.sizeBytes === 0) return nothingToSee('The file is empty.')
    return previewOf(archive, file, options, signal)
  }

  async nested(path: string, line: number, signal: AbortSignal): Promise<NestedListing> {
    const { archive } = this.#holder
    const file = await fileOf(archive, await getEntry(archive, path, line, signal), signal)
    if (file !== undefined) return nestedListing(archive, file, signal)
    return { summary: undefined, rows: [], isComplete: true, note: 'It has no data.' }
  }
}

function wordsFor({ type }: Entry): string {
  return type === 'file' || type === 'hardlink' ? '' : WITHOUT_DATA[type]
}
