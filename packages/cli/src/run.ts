/**
 * Runs one command line and gives its exit code. Everything it touches comes in through {@link CommandIo}, so the
 * process and the tests run the same code.
 */
import { setTimeout } from 'node:timers/promises'
import { type Command, CommanderError } from 'commander'
import { type CommandIo, InterruptedError, OutputClosedError, UsageError } from './command-io.ts'
import { Context, type CommonOptions, mark, oneLine } from './context.ts'
import type { Start } from './declare.ts'
import { exitCodeOf, INTERNAL, OK } from './exit-code.ts'
import { createProgram } from './program.ts'

/** How long an ended command waits for standard error to take its message. */
const LAST_WORDS_MS = 1000

/**
 * Runs a command line to its end.
 *
 * @param argv - the arguments after `isptar`
 * @param io - the streams and the signal that ends it early
 * @returns the exit code; failures are printed, not thrown
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const printed: { out: string; err: string } = { out: '', err: '' }
  let exitCode = OK
  const start: Start = (command, action) => async () => {
    const context = new Context(io, command.optsWithGlobals<CommonOptions>())
    try {
      exitCode = await action(context)
    } finally {
      context.endProgress()
    }
  }
  const program = createProgram(io, printed, start, argv[0])
  try {
    if (argv.length === 0) program.help({ error: true })
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    return await report(error, program, io, printed)
  }
}

/** Says what went wrong, in one line, and gives the exit code. */
async function report(
  error: unknown,
  program: Command,
  io: CommandIo,
  printed: { out: string; err: string },
): Promise<number> {
  const cause = io.signal.aborted ? io.signal.reason : error
  if (cause instanceof OutputClosedError) return exitCodeOf(cause)
  if (cause instanceof CommanderError) {
    try {
      if (printed.out !== '') await io.stdout.write(printed.out)
    } catch (failure) {
      return report(failure, program, io, { out: '', err: '' })
    }
    await toStderr(io, printed.err)
    return exitCodeOf(cause)
  }
  const expected = cause instanceof InterruptedError || cause instanceof UsageError
  const shows = program.opts<CommonOptions>().verbose === true && cause instanceof Error && !expected
  await toStderr(io, `${mark(io, 'red')} ${oneLine(messageOf(cause))}\n${shows ? `${stackOf(cause)}\n` : ''}`)
  return exitCodeOf(cause)
}

/** Standard error may be gone, or its reader may have stalled: the exit code still tells. */
async function toStderr(io: CommandIo, text: string): Promise<void> {
  const written = io.stderr.write(text).catch(() => {})
  const waits = io.signal.aborted ? [written, setTimeout(LAST_WORDS_MS, undefined, { ref: false })] : [written]
  await Promise.race(waits)
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = exitCodeOf(error)
  return code === INTERNAL ? `internal error: ${error.name}: ${error.message} (--verbose shows where)` : error.message
}

function stackOf(error: Error): string {
  const stack = error.stack ?? ''
  return error.cause instanceof Error ? `${stack}\ncaused by: ${stackOf(error.cause)}` : stack
}
