import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DuplicateFinder } from '../../src/extract/duplicate-finder.ts'

test('never misses a repeated name', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 60 }), (names) => {
      const finder = new DuplicateFinder()
      const seen = new Set<string>()
      for (const name of names) {
        const old = finder.add(name)
        if (seen.has(name)) expect(old).toBe(true)
        seen.add(name)
      }
    }),
    { numRuns: 30 },
  )
})

test('takes few of 100,000 new names for old ones', () => {
  const finder = new DuplicateFinder()
  let alarms = 0
  for (let index = 0; index < 100_000; index += 1) if (finder.add(`usr/share/doc/package-${index}/README`)) alarms += 1
  expect(alarms).toBeLessThan(500)
  for (let index = 0; index < 100_000; index += 1)
    if (!finder.add(`usr/share/doc/package-${index}/README`)) throw new Error(`${index} is not known`)
})
