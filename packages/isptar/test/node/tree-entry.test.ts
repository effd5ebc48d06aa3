/** What a stat says of an entry, exactly. */
import { lstatSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeStat } from '../../src/node/tree-entry.ts'

const SECOND = 1_000_000_000n

test('times are exact to the nanosecond, next to whole seconds and before 1970 too', () => {
  const stat = lstatSync('.', { bigint: true })
  const any = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  const nearWhole = fc
    .tuple(fc.bigInt({ min: -9_000_000_000n, max: 9_000_000_000n }), fc.bigInt({ min: -2n, max: 2n }))
    .map(([seconds, more]) => seconds * SECOND + more)
  fc.assert(
    fc.property(fc.oneof(any, nearWhole), (mtimeNs) => {
      const { seconds, nanoseconds } = describeStat(Object.assign(stat, { mtimeNs })).mtime
      expect(BigInt(seconds) * SECOND + BigInt(nanoseconds)).toBe(mtimeNs)
      expect(nanoseconds).toBeGreaterThanOrEqual(0)
      expect(nanoseconds).toBeLessThan(Number(SECOND))
    }),
    { numRuns: 1000 },
  )
})
