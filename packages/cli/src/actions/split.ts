/** Takes a merged archive apart. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { splitArchive, StorageError, UnsafePathError, UnsupportedError } from 'isptar'
import type { RelativeOptions } from '../base-options.ts'
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { checkNotRead, copyOptions, fixedTime, summarizeCopy } from '../copy-run.ts'
import { OK } from '../exit-code.ts'
import { bytesOf, checkNewArchive, type NewArchiveOptions, openNewArchive } from '../new-archive.ts'
import { openNamed } from '../open-named.ts'

/** Options of `isptar split`. */
export interface SplitOptions extends Omit<RelativeOptions, 'base'>, NewArchiveOptions {
  readonly directory: string
  readonly prefix: string
  readonly suffix: string
}

/** Runs `isptar split`. Nothing is written before every name was found fit. */
export async function split(name: string, options: SplitOptions, context: Context): Promise<number> {
  if (options.directory === '') throw new UsageError('the folder to write into is the empty string; this one is "."')
  if (/[/\0]/.test(options.prefix + options.suffix))
    throw new UsageError('--prefix and --suffix are parts of names of files: -C gives the folder')
  const { archive } = await openNamed(name, options, context)
  try {
    const paths = pathsOf(await archive.parts({ signal: context.io.signal }), options)
    for (const path of paths) {
      checkNewArchive(path, options)
      checkNotRead(path, [archive])
    }
    if (paths.length > 0) mkdirSync(bytesOf(options.directory), { recursive: true })
    const createdAt = archive.formatVersion === 1 ? fixedTime(context) : undefined
    const parts = await splitArchive(archive, (_, index) => openNewArchive(paths[index] ?? '', options, context), {
      ...copyOptions([archive], context),
      createdAt,
    })
    context.endProgress()
    for (const [index, { summary }] of parts.entries()) await summarizeCopy(paths[index] ?? '', summary, context)
    return OK
  } finally {
    await archive.close()
  }
}

/** Names of parts come from the archive: each must be the name of a file, its own, that is not there yet. */
function pathsOf(names: readonly string[], { directory, prefix, suffix, force }: SplitOptions): readonly string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const file = `${prefix}${name}${suffix}`
    if (/^(?:\.{0,2}|-)$|[/\0]/.test(file) || (process.platform === 'win32' && /[\\:]/.test(file)))
      throw new UnsafePathError(file, 'the name of this part is no name of a file')
    if (taken.has(file)) throw new UnsupportedError(`the archive has two parts of the name ${JSON.stringify(name)}`)
    taken.add(file)
    const path = join(directory, file)
    if (!force && existsSync(path)) throw exists(path)
    return path
  })
}

function exists(path: string): StorageError {
  const message = `cannot write ${path}: it exists already; choose another prefix or folder, or use --force`
  return new StorageError(message, { operation: 'write', location: path, kind: 'exists' })
}
