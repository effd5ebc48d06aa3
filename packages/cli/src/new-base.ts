/** What every command that writes an archive does with the options of its bases. */
import { resolve } from 'node:path'
import type { Archive } from 'isptar'
import { FileTarget, type PackOptions, type PackReport } from 'isptar/node'
import type { NewBaseOptions } from './base-options.ts'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'
import { openNamed } from './open-named.ts'
import { longSize } from './text/quantity.ts'

/**
 * Refuses options that would have no effect, and a catalogue in the place of the archive.
 *
 * @param archive - its name, as on the command line
 * @throws UsageError
 */
export function checkNewBase(archive: string, options: NewBaseOptions): void {
  const { base, checksum, copyData, moved, seek = 0, saveListing } = options
  const needing = { '--checksum': checksum, '--copy-data': copyData, '--no-moved': !moved }
  for (const [flag, given] of Object.entries(needing))
    if (given && base === undefined) throw new UsageError(`${flag} is of use only with --base`)
  if (seek !== 0 && (seek < 4096 || seek % 512 !== 0))
    throw new UsageError(`--seek is ${seek} bytes, expected 0 or a multiple of 512 from 4096 on`)
  if (saveListing === undefined) return
  if (saveListing === '') throw new UsageError('the file for the listing is the empty string')
  if (resolve(saveListing).replace(/\.part[1-9]\d*$/, '') === resolve(archive))
    throw new UsageError(`--save-listing would replace the archive: ${saveListing}; choose another name`)
}

/** Opens the nearest base with the further ones; whoever calls closes it. */
export async function openNewBase({ base }: NewBaseOptions, context: Context): Promise<Archive | undefined> {
  const [nearest, ...further] = base ?? []
  if (nearest === undefined) return undefined
  return (await openNamed(nearest, { base: further, findsBases: true }, context)).archive
}

/** Gives the options of the library, for `packTree` or `serveArchive`. */
export function newBaseOptions(
  options: NewBaseOptions & { readonly force?: true },
  base: Archive | undefined,
): Pick<PackOptions, 'base' | 'compare' | 'copyData' | 'moved' | 'digest' | 'seekBytes' | 'catalogue'> {
  const { saveListing, force } = options
  return {
    base,
    compare: options.checksum ? 'content' : 'metadata',
    copyData: options.copyData ?? false,
    moved: options.moved,
    digest: options.digest,
    seekBytes: options.seek,
    ...(saveListing !== undefined && { catalogue: new FileTarget(saveListing, { overwrite: force ?? false }) }),
  }
}

/**
 * Says for a summary what was taken from the bases.
 *
 * @param where - where the data is, when it is not in the archive
 */
export function reusedText({ unchangedCount, movedCount, dataBytes }: PackReport['reused'], where = ''): string {
  if (unchangedCount + movedCount === 0) return ''
  const moved = movedCount > 0 ? `, ${movedCount} moved` : ''
  return `, ${unchangedCount} unchanged${moved} (${longSize(dataBytes)}${where})`
}
