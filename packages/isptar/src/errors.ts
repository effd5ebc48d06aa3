/**
 * Every error class of the library. Each says what failed, where, what was expected and got, and what to do. A class is
 * told by its `code` through {@link isIsptarError}, which also holds for errors of a second installed copy, where
 * `instanceof` would not. Misuse of the API is a plain `TypeError` or `RangeError`; an abort rethrows `signal.reason`.
 */

/** What kind of failure an {@link IsptarError} is; the command line gives each its own exit code. */
export type ErrorCode =
  | 'format'
  | 'integrity'
  | 'unsupported'
  | 'limit'
  | 'unsafe-path'
  | 'entry-not-found'
  | 'base-mismatch'
  | 'storage'
  | 'command'

const BRAND = Symbol.for('isptar.error')

/** The base of every error the library throws for bad input, bad data or a failing store. */
export class IsptarError extends Error {
  /** What kind of failure this is. */
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/**
 * Tells whether a caught value is an error of this library, also one of another installed copy.
 *
 * @param value - anything that was thrown
 * @param code - when given, only errors of this kind count
 */
export function isIsptarError(value: unknown, code?: ErrorCode): value is IsptarError {
  return value instanceof Error && BRAND in value && 'code' in value && (code === undefined || value.code === code)
}

/** The bytes do not have the structure the format asks for. */
export class FormatError extends IsptarError {
  /** Where in the source or in the text the structure breaks, in bytes, when known. */
  readonly offset: number | undefined

  constructor(message: string, details: { offset?: number | undefined; cause?: unknown } = {}) {
    super('format', message, details)
    this.offset = details.offset
  }
}

/** The structure is right but the content is not what was recorded: a CRC, a size or a digest differs. */
export class IntegrityError extends IsptarError {
  /** What was recorded. */
  readonly expected: string | number | undefined
  /** What was found. */
  readonly actual: string | number | undefined
  /** The path of the entry concerned, when it is one. */
  readonly entry: string | undefined

  constructor(
    message: string,
    details: {
      expected?: string | number | undefined
      actual?: string | number | undefined
      entry?: string | undefined
      cause?: unknown
    } = {},
  ) {
    super('integrity', message, details)
    this.expected = details.expected
    this.actual = details.actual
    this.entry = details.entry
  }
}

/** The input is sound but asks for something this version, machine or store cannot do. */
export class UnsupportedError extends IsptarError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('unsupported', message, options)
  }
}

/** A bound that protects memory or time was reached. */
export class LimitError extends IsptarError {
  /** The name of the bound, as in `limits.ts`. */
  readonly limit: string
  /** The bound. */
  readonly max: number
  /** What the input asked for. */
  readonly actual: number

  constructor(message: string, details: { limit: string; max: number; actual: number }) {
    super('limit', message)
    this.limit = details.limit
    this.max = details.max
    this.actual = details.actual
  }
}

/** A name or link that would leave the target folder, or that the target cannot hold, was refused. */
export class UnsafePathError extends IsptarError {
  /** The path of the entry that was refused, as stored. */
  readonly entry: string
  /** Why, in a few words. */
  readonly reason: string

  constructor(entry: string, reason: string, options?: { cause?: unknown }) {
    super('unsafe-path', `refused ${JSON.stringify(entry)}: ${reason}`, options)
    this.entry = entry
    this.reason = reason
  }
}

/** The archive has no entry of that path, or no part of that name. */
export class EntryNotFoundError extends IsptarError {
  /** The path that was asked for. */
  readonly path: string

  /** @param details - `parts`: the parts there are, where it is a part that was asked for */
  constructor(path: string, archive: string, details: { neededBy?: string; parts?: readonly string[] } = {}) {
    const { neededBy, parts } = details
    const need = neededBy === undefined ? '' : `, which ${JSON.stringify(neededBy)} is a hardlink to`
    const what = parts === undefined ? 'entry' : 'part'
    super('entry-not-found', `no ${what} ${JSON.stringify(path)} in ${archive}${need}${parts ? namesOf(parts) : ''}`)
    this.path = path
  }
}

/** Longest list of names in a message. */
const SHOWN_PARTS = 20

function namesOf(parts: readonly string[]): string {
  if (parts.length === 0) return ', which was not merged of parts'
  const shown = parts.slice(0, SHOWN_PARTS).map((name) => JSON.stringify(name))
  return `: it has ${shown.join(', ')}${parts.length > SHOWN_PARTS ? ', …' : ''}`
}

/** A differential archive needs a base that was not given, or was given a wrong one. */
export class BaseMismatchError extends IsptarError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('base-mismatch', message, options)
  }
}

/** Why a store failed. `changed`: it was replaced while it was read; `no-ranges`: it cannot serve a part of itself. */
export type StorageFailure =
  | 'not-found'
  | 'denied'
  | 'changed'
  | 'no-ranges'
  | 'out-of-range'
  | 'exists'
  | 'full'
  | 'timeout'
  | 'connection'
  | 'protocol'
  | 'closed'
  | 'other'

/** A file, server or other store failed to give or take bytes. */
export class StorageError extends IsptarError {
  /** What was being done: `open`, `read`, `write`, `commit`, … */
  readonly operation: string
  /** Which store, without credentials. */
  readonly location: string
  /** Why. */
  readonly kind: StorageFailure
  /** Whether the same call may succeed when it is repeated. */
  readonly retryable: boolean

  constructor(
    message: string,
    details: { operation: string; location: string; kind: StorageFailure; retryable?: boolean; cause?: unknown },
  ) {
    super('storage', message, details)
    this.operation = details.operation
    this.location = details.location
    this.kind = details.kind
    this.retryable = details.retryable ?? false
  }
}

/** A command that was to be run could not be started, or did not end well. */
export class CommandError extends IsptarError {
  /** The command with its arguments, as one string for people. */
  readonly command: string
  /** What it ended with; undefined when it did not start or was killed. */
  readonly exitCode: number | undefined
  /** The signal that killed it, `SIGKILL` for example. */
  readonly signal: string | undefined

  constructor(
    message: string,
    details: { command: string; exitCode?: number | undefined; signal?: string | undefined; cause?: unknown },
  ) {
    super('command', message, details)
    this.command = details.command
    this.exitCode = details.exitCode
    this.signal = details.signal
  }
}
