/** Prints what differs between an archive and another one, or a folder. */
import { statSync } from 'node:fs'
import { type ChangedField, compareArchives, type ComparedMetadata, decodeText, type Difference } from 'isptar'
import { compareWithTree } from 'isptar/node'
import type { RelativeOptions } from '../base-options.ts'
import { BlockWriter } from '../block-writer.ts'
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { OK, PARTIAL } from '../exit-code.ts'
import { bytesOf } from '../new-archive.ts'
import { openNamed } from '../open-named.ts'
import { closeAll } from '../open-several.ts'
import { refusePackedFolder } from '../packed-folder.ts'
import { textFields } from '../text/entry-json.ts'
import { escapeName } from '../text/escape-name.ts'
import type { WalkOptions } from '../walk-options.ts'

/** Options of `isptar diff`. */
export interface DiffOptions extends Omit<RelativeOptions, 'listing'>, WalkOptions {
  readonly checksum?: true
  readonly ignore?: readonly ChangedField[]
  readonly json?: true
}

/** Runs `isptar diff`. The exit code is 1 when something differs, or could not be compared. */
export async function diff(name: string, other: string, options: DiffOptions, context: Context): Promise<number> {
  if (isFolder(name)) throw new UsageError(`${name} is a folder: name the archive first, then the folder`)
  return isFolder(other) ? diffFolder(name, other, options, context) : diffArchives(name, other, options, context)
}

function isFolder(name: string): boolean {
  return name !== '' && (statSync(bytesOf(name), { throwIfNoEntry: false })?.isDirectory() ?? false)
}

async function diffArchives(name: string, other: string, options: DiffOptions, context: Context): Promise<number> {
  const walks = ['exclude', 'excludeFrom', 'excludeCaches', 'oneFileSystem'] as const
  if (walks.some((option) => options[option] !== undefined) || !options.xattrs)
    throw new UsageError('what leaves out parts of a tree is for a folder, and both are archives; see --ignore')
  const { archive: before } = await openNamed(name, { ...options, findsBases: true }, context)
  const opened = [before]
  try {
    const { archive: after } = await openNamed(other, { ...options, base: [], findsBases: true }, context)
    opened.push(after)
    return await print(compareArchives(before, after, compareOptions(options, context)), options, context)
  } finally {
    await closeAll(opened)
  }
}

async function diffFolder(name: string, folder: string, options: DiffOptions, context: Context): Promise<number> {
  const { archive } = await openNamed(name, { ...options, findsBases: true }, context)
  let problems = 0
  try {
    await refusePackedFolder(archive, folder, context)
    const differences = compareWithTree(archive, bytesOf(folder), {
      ...compareOptions(options, context),
      exclude: options.exclude,
      excludeFrom: options.excludeFrom,
      excludeCaches: options.excludeCaches ?? false,
      oneFileSystem: options.oneFileSystem ?? false,
      xattrs: options.xattrs,
      onNotice: (message) => void context.warn(message),
      onProblem: ({ path, message }) => {
        problems += 1
        void context.fail(`${escapeName(path)}: ${message}`)
      },
    })
    const found = await print(differences, options, context)
    return problems > 0 ? PARTIAL : found
  } finally {
    await archive.close()
  }
}

function compareOptions(
  { checksum, ignore }: DiffOptions,
  context: Context,
): {
  by: 'content' | 'metadata'
  ignore: ReadonlySet<ChangedField>
  signal: AbortSignal
} {
  return { by: checksum ? 'content' : 'metadata', ignore: new Set(ignore), signal: context.io.signal }
}

async function print(
  differences: AsyncIterable<Difference>,
  options: DiffOptions,
  { io, quiet }: Context,
): Promise<number> {
  const show = io.stdout.isTty ? escapeName : (name: string): string => name
  const writer = new BlockWriter(io.stdout)
  let exitCode = OK
  try {
    for await (const difference of differences) {
      exitCode = PARTIAL
      if (quiet) break
      await writer.write(options.json ? differenceJson(difference) : differenceLine(difference, show))
    }
  } finally {
    // What was found before an error is right, and is shown.
    await writer.flush()
  }
  return exitCode
}

const LETTERS: Readonly<Record<Difference['kind'], string>> = { added: '+', removed: '-', changed: 'M', same: '=' }

function differenceLine({ kind, path, changes, before, after }: Difference, show: (name: string) => string): string {
  const slash = (after ?? before)?.type === 'directory' ? '/' : ''
  const what = changes.length > 0 ? ` (${changes.join(', ')})` : ''
  return `${LETTERS[kind]} ${show(path)}${slash}${what}\n`
}

function differenceJson({ kind, path, changes, before, after }: Difference): string {
  const object = {
    kind,
    ...textFields('path', path),
    ...(kind === 'changed' && { changes }),
    ...(before && { before: metadataJson(before) }),
    ...(after && { after: metadataJson(after) }),
  }
  return `${JSON.stringify(object)}\n`
}

/** Fields are those of `isptar list --json`. */
function metadataJson({ type, mode, uid, gid, mtime, sizeBytes, linkBytes, device }: ComparedMetadata): object {
  return {
    type,
    mode,
    uid,
    gid,
    ...(mtime && { mtime: mtime.seconds, mtime_ns: mtime.nanoseconds }),
    ...(type === 'file' && { size: sizeBytes }),
    ...(linkBytes && textFields('link', decodeText(linkBytes))),
    ...(device && { device: { major: device.major, minor: device.minor } }),
  }
}
