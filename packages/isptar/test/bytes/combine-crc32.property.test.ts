import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combineCrc32 } from '../../src/bytes/combine-crc32.ts'
import { crc32 } from '../../src/bytes/crc32.ts'

describe('combineCrc32', () => {
  it('is the CRC of both joined, whatever their lengths', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 5000 }), (a, b) => {
        expect(combineCrc32(crc32(a), crc32(b), b.length)).toBe(crc32(b, crc32(a)))
      }),
    )
  })
})
