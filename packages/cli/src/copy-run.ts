/** What commands share that make archives of archives: what they must not overwrite, how far they are, what they say. */
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Archive, ArchiveSummary, CopyArchiveOptions } from 'isptar'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'
import { escapeName } from './text/escape-name.ts'
import { longSize, plural } from './text/quantity.ts'

/**
 * Refuses to write over what is read: with `--force` an archive would be replaced by less than it is.
 *
 * @param name - of the new archive
 * @param archives - that are read, open with their bases
 * @throws UsageError
 */
export function checkNotRead(name: string, archives: readonly Archive[]): void {
  const place = placeOf(name)
  for (const archive of archives.flatMap((each) => [each, ...each.bases]))
    for (const read of archive?.sliceNames ?? [archive?.name])
      if (read !== undefined && [place, `${place}.part1`].includes(placeOf(read)))
        throw new UsageError(`${name} is read and cannot be written as well: choose another name`)
}

/** With links followed; what is not there yet lies in its folder. */
function placeOf(name: string): string {
  const path = resolve(name)
  if (existsSync(path)) return realpathSync(path)
  const folder = dirname(path)
  return join(existsSync(folder) ? realpathSync(folder) : folder, basename(path))
}

/**
 * Starts the progress line of a copy.
 *
 * @param archives - all that is copied
 */
export function copyOptions(
  archives: readonly Archive[],
  context: Context,
): Required<Pick<CopyArchiveOptions, 'signal' | 'onProgress'>> {
  const progress = context.startProgress()
  const sizes = archives.map(({ serviceInfo }) => Number(serviceInfo.get('data_size') ?? Number.NaN))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return {
    signal: context.io.signal,
    onProgress: (state) => {
      progress.update(state, Number.isSafeInteger(total) ? total : undefined)
      void context.detail(escapeName(state.path))
    },
  }
}

/** Says what was written. */
export async function summarizeCopy(
  name: string,
  { entryCount, dataBytes, sizeBytes }: ArchiveSummary,
  context: Context,
): Promise<void> {
  const entries = plural(entryCount, 'entry', 'entries')
  await context.summarize(`${escapeName(name)}: ${entries}, ${longSize(dataBytes)} packed into ${longSize(sizeBytes)}`)
}

/** Gives the time that the environment fixes for new archives, so that they can be made again. */
export function fixedTime({ io }: Context): Date | undefined {
  const epoch = io.env['SOURCE_DATE_EPOCH'] ?? ''
  return epoch === '' ? undefined : new Date(Number(epoch) * 1000)
}
