/** One exit code a kind of failure, and the words that `--help` and the README have for each. */
import { CommanderError } from 'commander'
import { InterruptedError, OutputClosedError, OutputFailedError, UsageError } from './command-io.ts'

/** Everything asked for was done. */
export const OK = 0
/** The command ran to its end, but some entries failed or were refused. */
export const PARTIAL = 1
/** The command line is wrong. */
export const USAGE = 2
/** An error inside isptar, or one that nobody thought of. */
export const INTERNAL = 70

const STORAGE = 10
const CLOSED = 141

/** Exit code of each `code` of the library's errors. */
const BY_ERROR_CODE: ReadonlyMap<string, number> = new Map([
  ['format', 3],
  ['integrity', 4],
  ['unsupported', 5],
  ['limit', 6],
  ['unsafe-path', 7],
  ['entry-not-found', 8],
  ['base-mismatch', 9],
  ['storage', STORAGE],
  ['command', 11],
])

/** Every exit code with its meaning, in order. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [OK, 'everything was done'],
  [PARTIAL, 'some entries failed, were refused or are doubtful; the rest was done'],
  [USAGE, 'the command line is wrong'],
  [3, 'not an archive, or its structure is broken'],
  [4, 'data differs from what was recorded'],
  [5, 'the archive asks for what this version or machine cannot do'],
  [6, 'a bound that protects memory or time was reached'],
  [7, 'an unsafe path was refused'],
  [8, 'the archive has no such entry'],
  [9, 'a base archive is missing or is another one'],
  [STORAGE, 'a file, disk or server failed'],
  [11, 'a command that was to be run failed'],
  [INTERNAL, 'an error inside isptar'],
  [130, 'interrupted (129: hung up, 143: terminated)'],
  [CLOSED, 'the reader of standard output went away'],
]

/**
 * Gives the exit code for anything a command threw. The library's errors are told by their `code`, so that this module
 * need not load the library.
 *
 * @param error - what was thrown
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return USAGE
  if (error instanceof InterruptedError) return error.exitCode
  if (error instanceof OutputClosedError) return CLOSED
  if (error instanceof OutputFailedError) return STORAGE
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : USAGE
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return INTERNAL
  return BY_ERROR_CODE.has(error.code) || !isSystemError(error) ? exitCodeOfKind(error.code) : STORAGE
}

/**
 * Gives the exit code of a kind of failure.
 *
 * @param kind - the `code` of an error of the library
 */
export function exitCodeOfKind(kind: string): number {
  return BY_ERROR_CODE.get(kind) ?? INTERNAL
}

/** Errors of system calls carry the call's name: `ENOENT` of `open`. Node's own misuse errors (`ERR_…`) do not. */
function isSystemError(error: Error): boolean {
  return 'syscall' in error && typeof error.syscall === 'string'
}
