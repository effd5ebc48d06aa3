/** Errors arrive as they were thrown. */
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
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { isIsptarError } from '../../src/errors.ts'
import { decodeError, encodeError } from '../../src/worker/wire-error.ts'

const ERRORS: readonly Error[] = [
  new FormatError('f', { offset: 7 }),
  new FormatError('f'),
  new IntegrityError('i', { expected: 1, actual: 'two', entry: 'a/b' }),
  new UnsupportedError('u'),
  new LimitError('l', { limit: 'maxBytes', max: 1, actual: 2 }),
  new UnsafePathError('../x', 'it leaves the folder'),
  new EntryNotFoundError('a', 'x.tgz', { neededBy: 'b' }),
  new BaseMismatchError('b'),
  new StorageError('s', { operation: 'read', location: 'x', kind: 'timeout', retryable: true }),
  new CommandError('c', { command: 'false', exitCode: 1 }),
  new TypeError('t'),
  new RangeError('r'),
  new DOMException('d', 'TimeoutError'),
  Object.defineProperty(new Error('o'), 'name', { value: 'OddError' }),
]

const travel = (error: unknown): Error => decodeError(structuredClone(encodeError(error)))

describe.each(ERRORS.map((error) => [error.constructor.name, error] as const))('%s', (_, error) => {
  it('keeps class, message, name, stack and fields', () => {
    const arrived = travel(error)
    expect(arrived).not.toBe(error)
    expect(arrived.constructor).toBe(error.constructor)
    expect(Object.entries(arrived)).toEqual(Object.entries(error))
    expect(arrived.message).toBe(error.message)
    expect(arrived.name).toBe(error.name)
    expect(arrived.stack).toBe(error.stack)
    expect(isIsptarError(arrived)).toBe(isIsptarError(error))
  })
})

it('keeps causes, to a depth', () => {
  const arrived = travel(new FormatError('f', { cause: new TypeError('t') }))
  expect(arrived.cause).toBeInstanceOf(TypeError)
  expect(arrived.cause).toMatchObject({ message: 't' })
  const loop = new Error('loop')
  loop.cause = loop
  let depth = 0
  for (let at: unknown = travel(loop); at instanceof Error; at = at.cause) depth += 1
  expect(depth).toBe(5)
})

it('makes an error of what is none', () => {
  expect(travel('text')).toMatchObject({ message: 'text' })
  expect(travel(undefined)).toBeInstanceOf(Error)
})
