/** Says which archives of a backup may go, and deletes them when told to. */
import { rmSync } from 'node:fs'
import {
  describeForRetention,
  planRetention,
  type RetentionArchive,
  type RetentionDecision,
  type RetentionPolicy,
} from 'isptar'
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { OK } from '../exit-code.ts'
import type { FetchOptions } from '../fetch-options.ts'
import { bytesOf } from '../new-archive.ts'
import { isUrl, openNamed } from '../open-named.ts'
import { distinctArchives } from '../open-several.ts'
import { createdText } from '../text/date-text.ts'
import { textFields, wellFormed } from '../text/entry-json.ts'
import { escapeName } from '../text/escape-name.ts'
import { plural } from '../text/quantity.ts'

/** Options of `isptar prune`. */
export interface PruneOptions extends FetchOptions, Omit<RetentionPolicy, 'utc'> {
  readonly keep?: readonly string[]
  readonly exact?: true
  readonly utc?: true
  readonly delete?: true
  readonly json?: true
}

/** An archive, and the files that it is. */
interface FoundArchive extends RetentionArchive {
  readonly files: readonly string[]
  /** Names of its bases, nearest first, as far as it knows them. */
  readonly baseNames: readonly string[]
}

/** A base that an archive needs, but that was not given. */
interface MissingBase {
  readonly identity: string
  /** Undefined where the archive has no name for it. */
  readonly name: string | undefined
}

type Decision = RetentionDecision<FoundArchive>

/** Runs `isptar prune`. */
export async function prune(names: readonly string[], options: PruneOptions, context: Context): Promise<number> {
  checkOptions(names, options)
  const kept = distinctArchives(options.keep ?? [])
  const archives: FoundArchive[] = []
  for (const [place, name] of distinctArchives([...names, ...kept.values()]))
    archives.push({ ...(await describe(name, options, context)), pinned: kept.has(place) })
  const decisions = planRetention(archives, { ...options, utc: options.utc ?? false })
  const width = Math.max(...decisions.map(({ archive }) => escapeName(archive.name).length))
  const given = new Set(archives.map(({ identity }) => identity))
  for (const { archive, keep } of decisions)
    for (const { name, identity } of keep ? missingBases(archive, given) : [])
      await context.warn(`${archive.name} needs ${name ?? `a base of the identity ${identity}`}, which was not given`)
  for (const decision of decisions) {
    context.io.signal.throwIfAborted()
    // Newest first: what needs another goes before it.
    if (!decision.keep && options.delete) remove(decision.archive.files)
    await context.io.stdout.write(
      options.json ? decisionJson(decision, given, options) : line(decision, width, options),
    )
  }
  const going = decisions.filter(({ keep }) => !keep).length
  const told = options.delete ? 'deleted' : 'may go; --delete deletes'
  await context.summarize(`${going} of ${plural(decisions.length, 'archive')} ${told}`)
  return OK
}

function checkOptions(names: readonly string[], options: PruneOptions): void {
  const { keepLast, daily, weekly, monthly, yearly } = options
  if ([keepLast, daily, weekly, monthly, yearly].every((rule) => (rule ?? 0) === 0))
    throw new UsageError('nothing would be kept: give --keep-last, --daily, --weekly, --monthly or --yearly')
  const url = options.delete ? names.find(isUrl) : undefined
  if (url !== undefined) throw new UsageError(`archives at a URL are not deleted: ${url}`)
}

async function describe(name: string, options: PruneOptions, context: Context): Promise<FoundArchive> {
  const { archive } = await openNamed(name, options, context)
  try {
    const described = await describeForRetention(archive, {
      exact: options.exact ?? false,
      signal: context.io.signal,
    })
    return { ...described, name, files: archive.sliceNames ?? [name], baseNames: archive.baseNames }
  } finally {
    await archive.close()
  }
}

/** Of the bases that it names, those that are needed and were not given: without them it cannot be restored. */
function missingBases(
  { baseIdentities, baseNames, usedDepths }: FoundArchive,
  given: ReadonlySet<string>,
): readonly MissingBase[] {
  return baseIdentities
    .map((identity, index) => ({ identity, name: baseNames[index] || undefined, depth: index + 1 }))
    .filter(({ identity, depth }) => !given.has(identity) && (usedDepths?.has(depth) ?? true))
}

/** The slice that holds the listing goes last, so that what an interruption leaves can be named and deleted again. */
function remove(files: readonly string[]): void {
  for (const file of files) rmSync(bytesOf(file), { force: true })
}

const SHOWN_REASONS = 2

function line({ archive, keep, reasons }: Decision, width: number, options: PruneOptions): string {
  const word = keep ? 'keep' : options.delete ? 'gone' : 'drop'
  const shown = reasons.slice(0, SHOWN_REASONS).map(({ text }) => escapeName(text))
  const more = reasons.length > SHOWN_REASONS ? `; ${plural(reasons.length - SHOWN_REASONS, 'more reason')}` : ''
  const written = createdText(archive.createdAt, options.utc ?? false)
  return (
    `${word}  ${escapeName(archive.name).padEnd(width)}  ${written.padEnd(16)}  ${shown.join('; ')}${more}`.trimEnd() +
    '\n'
  )
}

function decisionJson({ archive, keep, reasons }: Decision, given: ReadonlySet<string>, options: PruneOptions): string {
  const missing = keep ? missingBases(archive, given) : []
  const object = {
    ...textFields('archive', archive.name),
    ...(archive.createdAt !== undefined && { created: wellFormed(archive.createdAt) }),
    identity: archive.identity,
    keep,
    ...(!keep && { deleted: options.delete ?? false }),
    reasons: reasons.map(({ rule, text }) => ({ rule, text: wellFormed(text) })),
    ...(missing.length > 0 && {
      missing_bases: missing.map(({ identity, name }) => ({
        identity,
        ...(name !== undefined && { name: wellFormed(name) }),
      })),
    }),
  }
  return `${JSON.stringify(object)}\n`
}
