import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../src/bytes/crc32.ts'

describe('crc32', () => {
  it('equals that of zlib, whole and continued', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), (a, b) => {
        expect(crc32(a)).toBe(zlibCrc32(a))
        expect(crc32(b, crc32(a))).toBe(zlibCrc32(b, zlibCrc32(a)))
      }),
    )
  })

  it('has the known check value and none for no bytes', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
    expect(crc32(new Uint8Array(0))).toBe(0)
    expect(crc32(new Uint8Array(0), 0x12345678)).toBe(0x12345678)
  })

  it('reads a view, not the buffer behind it', () => {
    const view = new Uint8Array([9, 9, 49, 50, 51, 9]).subarray(2, 5)
    expect(crc32(view)).toBe(crc32(new TextEncoder().encode('123')))
  })
})
