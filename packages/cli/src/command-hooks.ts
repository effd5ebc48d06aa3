/** Makes hooks of packing out of commands that the user gave. */
import { encodeText } from 'isptar'
import { checkTemplate, type CommandValues, type PackHooks, parseCommand, type PathHook, runCommand } from 'isptar/node'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'
import type { HookOptions } from './hook-options.ts'

/** A command that was found to make sense. */
interface Prepared {
  readonly template: readonly string[]
  readonly shell: boolean
}

/** Commands before and after the paths of one pattern. */
interface PatternCommands {
  readonly before: Prepared[]
  readonly after: Prepared[]
}

/**
 * Makes the hooks.
 *
 * @throws UsageError for a command that cannot be read, before anything runs
 */
export function createHooks(options: HookOptions, context: Context): PackHooks {
  const prepare = preparerOf(options)
  const beforeRun = (options.beforeRun ?? []).map((text) => prepare('--before-run', text, []))
  const afterRun = (options.afterRun ?? []).map((text) => prepare('--after-run', text, ['exit']))
  return {
    beforeRun: () => runBefore(beforeRun, {}, context),
    afterRun: ({ state }) => runAfter(afterRun, { exit: state }, context),
    paths: createPathHooks(options, context),
  }
}

/**
 * Reads `--read-from`.
 *
 * @throws UsageError when a side is missing
 */
export function readFromOf({ readFrom = [] }: HookOptions): ReadonlyMap<Buffer, Buffer> {
  const bytesOf = (text: string): Buffer => Buffer.from(encodeText(text))
  return new Map(
    readFrom.map((text): [Buffer, Buffer] => {
      const [path, folder] = splitPair('--read-from', text, 'PATH=DIR')
      return [bytesOf(path), bytesOf(folder)]
    }),
  )
}

function createPathHooks(options: HookOptions, context: Context): readonly PathHook[] {
  const prepare = preparerOf(options)
  const byPattern = new Map<string, PatternCommands>()
  const gather = (name: string, texts: readonly string[] = [], side: keyof PatternCommands): void => {
    for (const text of texts) {
      const [pattern, command] = splitPair(name, text, 'PATTERN=COMMAND')
      if (pattern.startsWith('!'))
        throw new UsageError(`${name}: a pattern that begins with ! matches nothing: ${text}`)
      const commands = byPattern.get(pattern) ?? { before: [], after: [] }
      commands[side].push(prepare(name, command, ['path', 'source']))
      byPattern.set(pattern, commands)
    }
  }
  gather('--before-path', options.beforePath, 'before')
  gather('--after-path', options.afterPath, 'after')
  return Array.from(byPattern, ([pattern, { before, after }]) => ({
    pattern,
    before: ({ path, sourcePath }) => runBefore(before, { path, source: sourcePath }, context),
    after: ({ path, sourcePath }) => runAfter(after, { path, source: sourcePath }, context),
  }))
}

/** Stops at the first that fails, and when the user ends the command. */
async function runBefore(commands: readonly Prepared[], values: CommandValues, context: Context): Promise<void> {
  for (const command of commands) await runOne(command, values, context, context.io.signal)
}

/** Runs all of them whatever happens: what was frozen is to be thawed. */
async function runAfter(commands: readonly Prepared[], values: CommandValues, context: Context): Promise<void> {
  const failures: unknown[] = []
  for (const command of commands)
    await runOne(command, values, context, undefined).catch((error: unknown) => failures.push(error))
  for (const later of failures.slice(1)) await context.fail(later instanceof Error ? later.message : String(later))
  if (failures.length > 0) throw failures[0]
}

async function runOne(
  { template, shell }: Prepared,
  values: CommandValues,
  context: Context,
  signal: AbortSignal | undefined,
): Promise<void> {
  context.clearProgress()
  await runCommand(template, values, { shell, signal, env: context.io.env })
}

function preparerOf(options: HookOptions): (name: string, text: string, values: readonly string[]) => Prepared {
  const shell = options.shell ?? false
  return (name, text, values) => {
    try {
      const template = parseCommand(text, { shell })
      checkTemplate(template, values)
      return { template, shell }
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(`${name}: ${error.message}`)
      throw error
    }
  }
}

/** The first `=` parts them; `\=` is one that does not. */
function splitPair(name: string, text: string, form: string): readonly [left: string, right: string] {
  const [, left, right] = /^((?:[^=\\]|\\[^])+)=([^]+)$/.exec(text) ?? []
  if (left === undefined || right === undefined)
    throw new UsageError(`${name}: expected ${form}, got ${JSON.stringify(text)}`)
  return [left.replaceAll('\\=', '='), right]
}
