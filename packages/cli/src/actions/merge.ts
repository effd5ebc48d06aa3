/** Makes one archive of several. */
import { mergeArchives } from 'isptar'
import type { Context } from '../context.ts'
import { checkNotRead, copyOptions, fixedTime, summarizeCopy } from '../copy-run.ts'
import { OK } from '../exit-code.ts'
import type { FetchOptions } from '../fetch-options.ts'
import { checkPartNames, openMergeInputs } from '../merge-inputs.ts'
import { checkNewArchive, type NewArchiveOptions, openNewArchive } from '../new-archive.ts'
import { closeAll } from '../open-several.ts'

/** Options of `isptar merge`. */
export interface MergeOptions extends FetchOptions, NewArchiveOptions {
  readonly singlePart?: true
}

/** Runs `isptar merge`. */
export async function merge(
  name: string,
  inputs: readonly string[],
  options: MergeOptions,
  context: Context,
): Promise<number> {
  checkNewArchive(name, options)
  const opened = await openMergeInputs(inputs, options, context)
  const archives = opened.map(({ archive }) => archive)
  try {
    checkNotRead(name, archives)
    if (!options.singlePart) await checkPartNames(opened, context)
    const target = openNewArchive(name, options, context)
    const summary = await mergeArchives(opened, target, {
      ...copyOptions(archives, context),
      createdAt: fixedTime(context),
      singlePart: options.singlePart ?? false,
    })
    context.endProgress()
    await summarizeCopy(target.name, summary, context)
    return OK
  } finally {
    await closeAll(archives)
  }
}
