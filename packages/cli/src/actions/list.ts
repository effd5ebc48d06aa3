/** Lists what an archive holds: names, columns, a tree, or JSON. */
import type { Archive, Entry } from 'isptar'
import type { RelativeOptions } from '../base-options.ts'
import { BlockWriter } from '../block-writer.ts'
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { openNamed } from '../open-named.ts'
import type { PartOptions } from '../part-options.ts'
import { PatternSet } from '../patterns.ts'
import { printPaths } from '../print-paths.ts'
import { reportUnused } from '../report-unused.ts'
import { selectEntries } from '../select-entries.ts'
import { entryJson } from '../text/entry-json.ts'
import { escapeName } from '../text/escape-name.ts'
import { FolderTree } from '../text/folder-tree.ts'
import { LongRows } from '../text/long-rows.ts'

/** Options of `isptar list`. */
export interface ListOptions extends Omit<RelativeOptions, 'base'>, PartOptions {
  readonly long?: true
  readonly human?: true
  readonly utc?: true
  readonly tree?: true
  readonly json?: true
  readonly null?: true
}

/** Turns entries into text; what it holds back comes at the end. */
interface Layout {
  add(entry: Entry): string
  end(): Iterable<string>
}

/** Runs `isptar list`. */
export async function list(
  name: string,
  patterns: readonly string[],
  options: ListOptions,
  context: Context,
): Promise<number> {
  const show = context.io.stdout.isTty ? escapeName : undefined
  const layout = chooseLayout(options, show ?? asStored)
  const { archive } = await openNamed(name, options, context)
  try {
    const wanted = await PatternSet.of(patterns)
    if (layout) await print(archive, wanted, layout, context)
    else await printPaths(archive, wanted, options.null ? { end: '\0' } : { end: '\n', show }, context.io)
    return await reportUnused(wanted, archive, context)
  } finally {
    await archive.close()
  }
}

async function print(archive: Archive, wanted: PatternSet, layout: Layout, context: Context): Promise<void> {
  const writer = new BlockWriter(context.io.stdout)
  try {
    for await (const entry of selectEntries(archive, wanted, context.io.signal)) await writer.write(layout.add(entry))
  } finally {
    // What was listed before an error is right, and is shown.
    for (const text of layout.end()) await writer.write(text)
    await writer.flush()
  }
}

/** Gives the layout of entries; undefined for paths alone. */
function chooseLayout(options: ListOptions, show: (name: string) => string): Layout | undefined {
  const { long = false, human = false, utc = false, tree = false, json = false } = options
  const nul = options.null ?? false
  const given = Object.entries({ '--long': long, '--tree': tree, '--json': json, '--null': nul })
  const chosen = given.filter(([, on]) => on).map(([flag]) => flag)
  if (chosen.length > 1) throw new UsageError(`${chosen.join(' and ')} cannot be combined`)
  if (json) return { add: (entry) => `${JSON.stringify(entryJson(entry))}\n`, end: () => [] }
  if (tree) return treeLayout(show)
  if (long) {
    const rows = new LongRows({ human, utc, show })
    return { add: (entry) => rows.add(entry), end: () => [rows.end()] }
  }
  return undefined
}

function treeLayout(show: (name: string) => string): Layout {
  const tree = new FolderTree()
  const add = (entry: Entry): string => {
    const target = entry.type === 'symlink' ? ` -> ${show(entry.linkTarget ?? '')}` : ''
    tree.add(entry.path, entry.type === 'directory' ? '/' : target)
    return ''
  }
  return { add, end: () => tree.lines(show) }
}

function asStored(name: string): string {
  return name
}
