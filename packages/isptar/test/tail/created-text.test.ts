import { expect, it } from 'vitest'
import { formatCreated, parseCreated } from '../../src/tail/created-text.ts'

it.each([
  [0, '1970-01-01T00:00:00Z'],
  [1_714_979_289, '2024-05-06T07:08:09Z'],
  [-62_167_219_200, '0000-01-01T00:00:00Z'],
  [253_402_300_799, '9999-12-31T23:59:59Z'],
])('%d s is %s, both ways', (seconds, text) => {
  expect(formatCreated({ seconds, nanoseconds: 999 })).toBe(text)
  expect(parseCreated(text)).toEqual({ seconds, nanoseconds: 0 })
})

it.each([-62_167_219_201, 253_402_300_800, Number.MAX_SAFE_INTEGER])('%d s is outside', (seconds) => {
  expect(formatCreated({ seconds, nanoseconds: 0 })).toBeUndefined()
})

it.each([undefined, '', 'yesterday', '+275760-09-13', '2024', '2024-13-01T00:00:00Z', '1714979289'])(
  '%j is no moment',
  (text) => expect(parseCreated(text)).toBeUndefined(),
)
