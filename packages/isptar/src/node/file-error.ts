/** Turns an error of the file system into a `StorageError` that says what failed, where and what to do. */
import { StorageError } from '../errors.ts'
import type { StorageFailure } from '../errors.ts'

const FAILURES: ReadonlyMap<string, readonly [kind: StorageFailure, words: string]> = new Map([
  ['ENOENT', ['not-found', 'no such file or folder']],
  ['ENOTDIR', ['not-found', 'a part of the path is not a folder']],
  ['EACCES', ['denied', 'permission denied']],
  ['EPERM', ['denied', 'operation not permitted']],
  ['EROFS', ['denied', 'the file system is read-only']],
  ['EEXIST', ['exists', 'it exists already']],
  ['ENOSPC', ['full', 'no space left on the device']],
  ['EDQUOT', ['full', 'the disk quota is used up']],
  // A smaller file may still fit: not `full`, which ends an extraction.
  ['EFBIG', ['other', 'the file system takes no file of that size']],
])

/** Gives the system's code of an error (`ENOENT`, …), when it has one. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/**
 * Makes a `StorageError` of what the file system threw; gives a `StorageError` back as it is.
 *
 * @param error - what was thrown
 * @param operation - what was being done
 * @param path - to what
 */
export function fileError(error: unknown, operation: string, path: string): StorageError {
  if (error instanceof StorageError) return error
  const code = errnoOf(error) ?? ''
  const [kind, words] = FAILURES.get(code) ?? ['other', error instanceof Error ? error.message : String(error)]
  const shown = code === '' || words.includes(code) ? words : `${words} (${code})`
  return new StorageError(`cannot ${operation} ${path}: ${shown}`, { operation, location: path, kind, cause: error })
}
