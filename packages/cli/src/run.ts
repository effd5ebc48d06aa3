/**
 * Runs one command line and gives its exit code. Everything it touches comes in through {@link CommandIo}, so the
 * process and the tests run the same code.
 */
import { type Command, CommanderError } from 'commander'
import { type CommandIo, InterruptedError, OutputClosedError, UsageError } from './command-io.ts'
import { Context, type CommonOptions, mark, oneLine } from './context.ts'
import { exitCodeOf, INTERNAL, OK } from './exit-code.ts'
import { createProgram } from './program.ts'

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
  const program = createProgram(io, printed, (command, action) => async () => {
    const context = new Context(io, command.optsWithGlobals<CommonOptions>())
    try {
      exitCode = await action(context)
    } finally {
      context.endProgress()
    }
  })
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
  try {
    if (cause instanceof CommanderError) {
      await io.stdout.write(printed.out)
      await io.stderr.write(printed.err)
    } else {
      await io.stderr.write(`${mark(io, 'red')} ${oneLine(messageOf(cause))}\n`)
      const expected = cause instanceof InterruptedError || cause instanceof UsageError
      if (program.opts<CommonOptions>().verbose === true && cause instanceof Error && !expected)
        await io.stderr.write(`${stackOf(cause)}\n`)
    }
  } catch {
    // Standard error is gone: the exit code still tells.
  }
  return exitCodeOf(cause)
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
