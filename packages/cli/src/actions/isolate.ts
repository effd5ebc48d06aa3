/** Copies the catalogue out of an archive. */
import { isolateCatalogue } from 'isptar'
import type { Context } from '../context.ts'
import { checkNotRead } from '../copy-run.ts'
import { OK } from '../exit-code.ts'
import type { FetchOptions } from '../fetch-options.ts'
import { checkNewArchive, openNewArchive } from '../new-archive.ts'
import { openNamed } from '../open-named.ts'
import { escapeName } from '../text/escape-name.ts'
import { longSize } from '../text/quantity.ts'

/** Options of `isptar isolate`. */
export interface IsolateOptions extends FetchOptions {
  readonly force?: true
}

/** Runs `isptar isolate`. */
export async function isolate(
  name: string,
  newName: string,
  options: IsolateOptions,
  context: Context,
): Promise<number> {
  checkNewArchive(newName)
  const { archive } = await openNamed(name, options, context)
  try {
    checkNotRead(newName, [archive])
    const target = openNewArchive(newName, options, context)
    const sizeBytes = await isolateCatalogue(archive, target, { signal: context.io.signal })
    await context.summarize(`${escapeName(target.name)}: the catalogue of ${escapeName(name)}, ${longSize(sizeBytes)}`)
    return OK
  } finally {
    await archive.close()
  }
}
