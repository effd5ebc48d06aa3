/** Errors as they travel between threads: a structured clone loses their class and all their fields. */
import {
  BaseMismatchError,
  CommandError,
  EntryNotFoundError,
  FormatError,
  IntegrityError,
  LimitError,
  StorageError,
  UnsafePathError,
  UnsupportedError,
} from '../errors.ts'

/** Longest chain of causes that travels. */
const MAX_CAUSES = 4

/** The class of an error, and the fields that its constructor takes. */
type WireKind =
  | ({ readonly type: 'format' } & Pick<FormatError, 'offset'>)
  | ({ readonly type: 'integrity' } & Pick<IntegrityError, 'expected' | 'actual' | 'entry'>)
  | ({ readonly type: 'limit' } & Pick<LimitError, 'limit' | 'max' | 'actual'>)
  | ({ readonly type: 'unsafe-path' } & Pick<UnsafePathError, 'entry' | 'reason'>)
  | ({ readonly type: 'entry-not-found' } & Pick<EntryNotFoundError, 'path'>)
  | ({ readonly type: 'storage' } & Pick<StorageError, 'operation' | 'location' | 'kind' | 'retryable'>)
  | ({ readonly type: 'command' } & Pick<CommandError, 'command' | 'exitCode' | 'signal'>)
  | { readonly type: 'unsupported' | 'base-mismatch' | 'type' | 'range' | 'dom' | 'other' }

/** An error that can be cloned. */
export interface WireError {
  readonly kind: WireKind
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly cause: WireError | undefined
}

/** Encodes whatever was thrown. */
export function encodeError(thrown: unknown, causes: number = MAX_CAUSES): WireError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const cause = error.cause === undefined || causes === 0 ? undefined : encodeError(error.cause, causes - 1)
  return { kind: kindOf(error), name: error.name, message: error.message, stack: error.stack, cause }
}

function kindOf(error: Error): WireKind {
  if (error instanceof FormatError) return { type: 'format', offset: error.offset }
  if (error instanceof IntegrityError) {
    const { expected, actual, entry } = error
    return { type: 'integrity', expected, actual, entry }
  }
  if (error instanceof LimitError) {
    const { limit, max, actual } = error
    return { type: 'limit', limit, max, actual }
  }
  if (error instanceof UnsafePathError) return { type: 'unsafe-path', entry: error.entry, reason: error.reason }
  if (error instanceof EntryNotFoundError) return { type: 'entry-not-found', path: error.path }
  if (error instanceof StorageError) {
    const { operation, location, kind, retryable } = error
    return { type: 'storage', operation, location, kind, retryable }
  }
  if (error instanceof CommandError) {
    const { command, exitCode, signal } = error
    return { type: 'command', command, exitCode, signal }
  }
  if (error instanceof UnsupportedError) return { type: 'unsupported' }
  if (error instanceof BaseMismatchError) return { type: 'base-mismatch' }
  if (error instanceof TypeError) return { type: 'type' }
  if (error instanceof RangeError) return { type: 'range' }
  return { type: error instanceof DOMException ? 'dom' : 'other' }
}

/** Gives an error as it was thrown on the other thread: its class, message, fields, stack and causes. */
export function decodeError(wire: WireError): Error {
  const { name, message, stack, cause } = wire
  const error = build(wire)
  define(error, 'message', message)
  if (stack !== undefined) define(error, 'stack', stack)
  if (cause !== undefined) define(error, 'cause', decodeError(cause))
  if (wire.kind.type === 'other') define(error, 'name', name)
  return error
}

function build({ kind, message, name }: WireError): Error {
  switch (kind.type) {
    case 'format':
      return new FormatError(message, kind)
    case 'integrity':
      return new IntegrityError(message, kind)
    case 'limit':
      return new LimitError(message, kind)
    case 'unsafe-path':
      return new UnsafePathError(kind.entry, kind.reason)
    case 'entry-not-found':
      return new EntryNotFoundError(kind.path, '')
    case 'storage':
      return new StorageError(message, kind)
    case 'command':
      return new CommandError(message, kind)
    case 'unsupported':
      return new UnsupportedError(message)
    case 'base-mismatch':
      return new BaseMismatchError(message)
    case 'type':
      return new TypeError(message)
    case 'range':
      return new RangeError(message)
    case 'dom':
      return new DOMException(message, name)
    case 'other':
      return new Error(message)
  }
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true })
}
