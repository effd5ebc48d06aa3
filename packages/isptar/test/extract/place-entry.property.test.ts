import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isIsptarError } from '../../src/errors.ts'
import { placeEntry } from '../../src/extract/place-entry.ts'

const parts = fc.array(fc.constantFrom('..', '.', '', 'a', 'b c', '...', 'C:', '\\', '\0', '\udcff'), { maxLength: 8 })
const POLICY = { stripComponents: 0, windows: false }

function place(path: string, stripComponents = 0): string | undefined | Error {
  try {
    return placeEntry(path, { ...POLICY, stripComponents })
  } catch (error) {
    if (isIsptarError(error, 'unsafe-path')) return error
    throw error
  }
}

test('a place never leaves the folder, whatever the path', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        parts.map((list) => list.join('/')),
        fc.string({ unit: 'binary' }),
      ),
      (path) => {
        const found = place(path)
        if (typeof found !== 'string') return
        for (const component of found.split('/')) expect(['', '.', '..']).not.toContain(component)
        expect(found).not.toContain('\0')
      },
    ),
  )
})

test('stripping cuts whole components and makes nothing safe that was not', () => {
  fc.assert(
    fc.property(parts, fc.nat(9), (list, stripComponents) => {
      const whole = place(list.join('/'))
      const stripped = place(list.join('/'), stripComponents)
      if (typeof whole !== 'string') expect(stripped).toBeInstanceOf(Error)
      else expect(stripped).toBe(whole.split('/').slice(stripComponents).join('/') || undefined)
    }),
  )
})

test('./x, x and x/ are one place', () => {
  expect([place('./x/y'), place('x/y'), place('x/y/')]).toEqual(['x/y', 'x/y', 'x/y'])
})
