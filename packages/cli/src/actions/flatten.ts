/** Makes a full archive of a differential one. */
import { flattenArchive } from 'isptar'
import type { RelativeOptions } from '../base-options.ts'
import type { Context } from '../context.ts'
import { checkNotRead, copyOptions, fixedTime, summarizeCopy } from '../copy-run.ts'
import { OK } from '../exit-code.ts'
import { checkNewArchive, type NewArchiveOptions, openNewArchive } from '../new-archive.ts'
import { openNamed } from '../open-named.ts'
import type { PartOptions } from '../part-options.ts'

/** Options of `isptar flatten`. */
export interface FlattenOptions extends RelativeOptions, PartOptions, NewArchiveOptions {}

/** Runs `isptar flatten`. */
export async function flatten(
  name: string,
  newName: string,
  options: FlattenOptions,
  context: Context,
): Promise<number> {
  checkNewArchive(newName, options)
  const { archive } = await openNamed(name, { ...options, findsBases: true }, context)
  try {
    checkNotRead(newName, [archive])
    const target = openNewArchive(newName, options, context)
    const createdAt = archive.createdAt === undefined ? fixedTime(context) : undefined
    const summary = await flattenArchive(archive, target, { ...copyOptions([archive], context), createdAt })
    context.endProgress()
    await summarizeCopy(target.name, summary, context)
    return OK
  } finally {
    await archive.close()
  }
}
