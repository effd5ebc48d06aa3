/** Opens what `isptar merge` merges: `[NAME=]ARCHIVE[:PART]`, each with its bases. */
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { Archive, MergeInput } from 'isptar'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'
import type { FetchOptions } from './fetch-options.ts'
import { isUrl, openNamed } from './open-named.ts'
import { closeAll } from './open-several.ts'

/** What a command line says of an input. */
export interface InputWords {
  /** What the part is to be called, where that is given. */
  readonly name: string | undefined
  readonly archive: string
  /** The part of a merged archive that is meant. */
  readonly part: string | undefined
}

/**
 * Takes an input apart. A file of exactly that name, with its `=` and `:`, is meant where there is one; `./` before a name
 * keeps a `=` in it.
 *
 * @throws UsageError for an empty name
 */
export function parseInput(text: string): InputWords {
  if (isThere(text)) return { name: undefined, archive: text, part: undefined }
  const [, name, rest = text] = /^([^/:=]*)=(.*)$/s.exec(text) ?? []
  if (name === '' || rest === '') throw new UsageError(`expected [NAME=]ARCHIVE[:PART], not ${JSON.stringify(text)}`)
  const [, archive, part] = (isThere(rest) ? undefined : /^(.*[^/:]):([^/]+)$/s.exec(rest)) ?? []
  return archive === undefined || part === undefined
    ? { name, archive: rest, part: undefined }
    : { name, archive, part }
}

function isThere(name: string): boolean {
  return existsSync(name) || existsSync(`${name}.part1`)
}

/**
 * Opens the inputs; all or none. Bases are looked for beside each, and among the other inputs: an archive of the original
 * program does not say what its bases are, and is held against the inputs before it.
 *
 * @throws UsageError, and as `openNamed`
 */
export async function openMergeInputs(
  texts: readonly string[],
  options: FetchOptions,
  context: Context,
): Promise<readonly MergeInput[]> {
  const words = texts.map(parseInput)
  const opened: Archive[] = []
  try {
    for (const { archive, part } of words)
      opened.push(
        (await openNamed(archive, { ...options, ...(part !== undefined && { part }), findsBases: true }, context))
          .archive,
      )
    for (const [index, { archive: file }] of words.entries()) {
      const base = await basesAmong(opened, words, index, context)
      if (base.length === 0) continue
      await opened[index]?.close()
      opened[index] = (await openNamed(file, { ...options, base, findsBases: true }, context)).archive
    }
    return await Promise.all(opened.map((archive, index) => nameInput(archive, words[index], context)))
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/** Names of the bases that an input needs, nearest first, as far as they are known; none where it has all or needs none. */
async function basesAmong(
  opened: readonly Archive[],
  words: readonly InputWords[],
  index: number,
  { io }: Context,
): Promise<readonly string[]> {
  const archive = opened[index]
  if (archive === undefined) return []
  const names = words.map((each) => each.archive)
  if (archive.formatVersion === 1) {
    const depth = await deepestBase(archive, io.signal)
    return names.slice(0, index).toReversed().slice(0, depth)
  }
  const { baseIdentities, bases } = archive
  const found: string[] = []
  if (baseIdentities.every((_, i) => bases[i] !== undefined)) return found
  for (const [i, identity] of baseIdentities.entries()) {
    const name = bases[i]?.name ?? names[opened.findIndex((other) => other.identity === identity)]
    if (name === undefined) break
    found.push(name)
  }
  return found
}

async function deepestBase(archive: Archive, signal: AbortSignal): Promise<number> {
  let depth = 0
  for await (const { location } of archive.entries({ signal })) depth = Math.max(depth, location?.depth ?? 0)
  return depth
}

async function nameInput(archive: Archive, words: InputWords | undefined, context: Context): Promise<MergeInput> {
  const { name, part, archive: file = '' } = words ?? {}
  if (name === undefined) return { name: part ?? partNameOf(file), archive }
  if ((await archive.parts({ signal: context.io.signal })).length > 0)
    throw new UsageError(`${file} has parts, which keep their names; ${name}=${file}:PART would name one of them`)
  return { name, archive }
}

/**
 * Refuses names of parts that cannot stand beside each other in one archive.
 *
 * @throws UsageError
 */
export async function checkPartNames(inputs: readonly MergeInput[], { io }: Context): Promise<void> {
  const seen = new Set<string>()
  for (const { name, archive } of inputs) {
    const parts = await archive.parts({ signal: io.signal })
    for (const each of parts.length > 0 ? parts : [name]) {
      const shown = JSON.stringify(each)
      if (each === '' || /[/\0]/.test(each)) throw new UsageError(`no name of a part: ${shown}; give one: NAME=ARCHIVE`)
      if (seen.has(each)) throw new UsageError(`two parts are named ${shown}; give one another name: NAME=ARCHIVE`)
      seen.add(each)
    }
  }
}

/** Gives `site` for `/backups/site.tgz` and `https://example.org/site.tar.gz?key=1`. */
export function partNameOf(file: string): string {
  const path = isUrl(file) ? decodeURI(new URL(file).pathname) : file
  return basename(path)
    .replace(/(?<=.)\.part[1-9]\d*$/, '')
    .replace(/(?<=.)\.(tgz|tar\.gz|gz)$/i, '')
}
