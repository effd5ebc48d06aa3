/** Runs a command that somebody configured: a hook, or what fetches a slice. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { CommandError } from '../errors.ts'
import { errnoOf } from './file-error.ts'
import { fillCommand, spellOutBytes } from './fill-command.ts'
import type { CommandValues, FilledCommand } from './fill-command.ts'
import { checkTemplate } from './parse-command.ts'
import type { CommandSyntax } from './parse-command.ts'

/** How long a command that is to end may take before it is killed. */
const KILL_AFTER_MS = 5000

/** Where our standard error goes. */
const STDERR = 2

/** Options of {@link runCommand}. */
export interface CommandOptions extends CommandSyntax {
  /** Ends the command: SIGTERM, then SIGKILL after 5 seconds. */
  signal?: AbortSignal | undefined
  /** Folder in which it runs. @defaultValue the present one */
  cwd?: string | undefined
  /** Its environment, to which the values are added. @defaultValue that of this process */
  env?: Readonly<Record<string, string | undefined>> | undefined
}

/**
 * Runs a command to its end. It reads nothing, and what it prints goes to our standard error.
 *
 * A value stands where its letter stands (`%` and the first letter of its name; `%%` is a percent sign) and in the
 * variable `ISPTAR_` and its name in capitals. It is one argument or a part of one, whatever is in it, and with `shell`
 * too it is never read as a program. A value that begins with `-` gets `./` before it. Lone surrogates, as in the paths
 * of entries, become the bytes they stand for.
 *
 * A command that hands an argument on to another shell, as `ssh` and `sh -c` do, has to quote it for that one.
 *
 * @param template - from `parseCommand`, with the same `shell`
 * @param values - by their names, which are ASCII words
 * @throws CommandError when it cannot be started, fails or is killed; RangeError for a letter without a value or a value
 * with a NUL; `signal.reason` on abort, once the command has ended
 * @example
 * ```ts
 * await runCommand(parseCommand('cp %f "%f of %d"'), { file: 'site.tgz', date: '1970-01-01' })
 * ```
 */
export async function runCommand(
  template: readonly string[],
  values: CommandValues,
  options: CommandOptions = {},
): Promise<void> {
  const { shell = false, signal } = options
  checkTemplate(template, Object.keys(values))
  signal?.throwIfAborted()
  const filled = fillCommand(template, values, shell)
  const shown = shell ? template.join(' ') : filled.argv.map(showWord).join(' ')
  if ([...filled.argv, ...Object.values(filled.variables)].some((text) => text.includes('\0')))
    throw new RangeError(`a NUL character cannot be given to a command: ${JSON.stringify(shown)}`)
  const [exitCode, killedBy] = await waitFor(start(spellOutBytes(filled), options, shown), shown, signal)
  signal?.throwIfAborted()
  if (exitCode === 0) return
  const how = exitCode === null ? `was killed by ${killedBy}` : `failed with exit code ${exitCode}`
  throw new CommandError(`the command ${how}: ${shown}; what it said stands on standard error`, {
    command: shown,
    exitCode: exitCode ?? undefined,
    signal: killedBy ?? undefined,
  })
}

function start(
  { argv, variables }: FilledCommand,
  { cwd, env = process.env }: CommandOptions,
  shown: string,
): ChildProcess {
  const [program = '', ...args] = argv
  try {
    return spawn(program, args, { cwd, env: { ...env, ...variables }, stdio: ['ignore', STDERR, STDERR] })
  } catch (error) {
    throw notStarted(error, shown)
  }
}

async function waitFor(
  child: ChildProcess,
  shown: string,
  signal: AbortSignal | undefined,
): Promise<readonly [exitCode: number | null, killedBy: NodeJS.Signals | null]> {
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    child.kill('SIGTERM')
    timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
  }
  signal?.addEventListener('abort', end, { once: true })
  try {
    return (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  } catch (error) {
    throw notStarted(error, shown)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

function notStarted(error: unknown, shown: string): CommandError {
  const words = errnoOf(error) === 'ENOENT' ? 'no such program' : error instanceof Error ? error.message : String(error)
  const message = `the command could not be started: ${shown}: ${words}; check its name, its rights and PATH`
  return new CommandError(message, { command: shown, cause: error })
}

/** As a person would type it. */
function showWord(word: string): string {
  return /^[\w%+,./:=@-]+$/.test(word) ? word : JSON.stringify(word)
}
