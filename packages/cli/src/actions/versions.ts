/** Shows the versions of a path over several archives. */
import { basename } from 'node:path'
import { type Archive, findVersions, type PathVersion, type VersionState } from 'isptar'
import type { Context } from '../context.ts'
import { exitCodeOfKind, OK } from '../exit-code.ts'
import type { FetchOptions } from '../fetch-options.ts'
import { closeAll, distinctArchives, openSeveral } from '../open-several.ts'
import { createdText, dateText } from '../text/date-text.ts'
import { entryJson, textFields, wellFormed } from '../text/entry-json.ts'
import { escapeName } from '../text/escape-name.ts'
import { plural, shortSize } from '../text/quantity.ts'
import { type Column, layOutTable } from '../text/table.ts'

/** Options of `isptar versions`. */
export interface VersionsOptions extends FetchOptions {
  readonly human?: true
  readonly utc?: true
  readonly json?: true
}

/** Runs `isptar versions`. */
export async function versions(
  path: string,
  names: readonly string[],
  options: VersionsOptions,
  context: Context,
): Promise<number> {
  const isAlone = distinctArchives(names).size === 1
  const opened = await openSeveral(names, { ...options, findsBases: isAlone }, context)
  try {
    // One archive stands for its chain; of several, those that were named are meant.
    const archives = isAlone ? opened.flatMap(chainOf) : opened
    const found = await findVersions(path, archives, { signal: context.io.signal })
    if (found.every(({ entry }) => entry === undefined)) {
      await context.fail(`no entry ${JSON.stringify(path)} in ${plural(archives.length, 'archive')}`)
      return exitCodeOfKind('entry-not-found')
    }
    const text = options.json ? found.map(versionJson) : [table(found, options)]
    for (const part of text) await context.io.stdout.write(part)
    return OK
  } finally {
    await closeAll(opened)
  }
}

function chainOf(archive: Archive): readonly Archive[] {
  return [archive, ...archive.bases.filter((base) => base !== undefined)]
}

const COLUMNS: readonly Column[] = [
  { title: 'WRITTEN' },
  { title: 'ARCHIVE' },
  { title: 'CONTENT' },
  { title: 'SIZE', isNumber: true },
  { title: 'MTIME' },
  { title: 'READ', isNumber: true },
  { title: 'FROM' },
]

const STATE_WORDS: Readonly<Record<VersionState, string>> = {
  absent: 'absent',
  new: 'new',
  same: 'same',
  likely: 'same?',
  different: 'changed',
  unknown: '?',
}

function table(found: readonly PathVersion[], options: VersionsOptions): string {
  const { human = false, utc = false } = options
  const size = human ? shortSize : String
  const rows = found.map(({ archive, state, entry, data }) => [
    createdText(archive.createdAt, utc),
    escapeName(basename(archive.name)),
    STATE_WORDS[state],
    entry?.type === 'file' ? size(entry.sizeBytes) : (entry?.type ?? '-'),
    entry?.mtime === undefined ? '-' : dateText(entry.mtime, utc),
    data?.packedBytes === undefined ? '-' : size(data.packedBytes),
    data === undefined ? '-' : escapeName(basename(data.sliceName ?? data.archiveName ?? `base ${data.depth}`)),
  ])
  return layOutTable(COLUMNS, rows)
}

/** One object a version; `entry` is that of `isptar list --json`. */
function versionJson({ archive, state, entry, digest, data }: PathVersion): string {
  const object = {
    ...textFields('archive', archive.name),
    ...(archive.createdAt !== undefined && { created: wellFormed(archive.createdAt) }),
    content: state === 'different' ? 'changed' : state,
    ...(entry && { entry: entryJson(entry) }),
    ...(digest && { sha256: Buffer.from(digest).toString('hex') }),
    ...(data && {
      data: {
        ...(data.archiveName !== undefined && textFields('archive', data.archiveName)),
        depth: data.depth,
        slice: data.slice,
        ...(data.sliceName !== undefined && textFields('slice_name', data.sliceName)),
        ...(data.packedBytes !== undefined && { packed: data.packedBytes }),
      },
    }),
  }
  return `${JSON.stringify(object)}\n`
}
