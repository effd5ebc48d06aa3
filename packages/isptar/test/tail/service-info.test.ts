/** Service info: what is written is read, in order, with `header_size=` last, inside what the original can read. */
import fc from 'fast-check'
import { FormatError, LimitError } from 'isptar'
import { describe, expect, it } from 'vitest'
import { decodeServiceInfo, encodeServiceInfo, serviceNumber } from '../../src/tail/service-info.ts'

const text = (info: Uint8Array): string => Buffer.from(info).toString('latin1')

it('comes back in order, header_size last', () => {
  const key = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'a b', 'größe'),
    fc.string({ minLength: 1, maxLength: 8 }),
  )
  const value = fc.oneof(fc.constantFrom('', '=', 'a=b', '\udcff', '\t'), fc.string({ unit: 'binary', maxLength: 20 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { maxLength: 8 }), (pairs) => {
      const legal = pairs.filter(([name, content]) => !/[=\n]/.test(name) && !content.includes('\n'))
      const info = new Map(legal.filter(([name]) => name !== 'header_size'))
      expect([...decodeServiceInfo(encodeServiceInfo(info))]).toEqual([...info, ['header_size', '']])
    }),
  )
})

it('has the form of the original', () => {
  expect(text(encodeServiceInfo(new Map([['listing_header', '512']])))).toBe('listing_header=512\nheader_size=')
  expect(text(encodeServiceInfo(new Map()))).toBe('header_size=')
})

it('of a repeated key the last value counts; lines without a key are read over', () => {
  expect([...decodeServiceInfo(Buffer.from('a=1\n=x\nnothing\n\na=2\nb=\r\nc'))]).toEqual([
    ['a', '2'],
    ['b', '\r'],
  ])
})

it('takes 2,048 bytes and no more', () => {
  const room = 2048 - 'k=\nheader_size='.length
  expect(encodeServiceInfo(new Map([['k', 'v'.repeat(room)]])).length).toBe(2048)
  expect(() => encodeServiceInfo(new Map([['k', 'v'.repeat(room + 1)]]))).toThrow(LimitError)
})

it.each([
  ['a=b', ''],
  ['a\nb', ''],
  ['a', 'b\nc'],
])('cannot hold %j with %j', (key, value) => {
  expect(() => encodeServiceInfo(new Map([[key, value]]))).toThrow(RangeError)
})

describe('numbers', () => {
  it('are read strictly', () => {
    const info = new Map([
      ['n', '12'],
      ['bad', '012'],
    ])
    expect(serviceNumber(info, 'n')).toBe(12)
    expect(() => serviceNumber(info, 'bad')).toThrow(/^bad of the service info is "012"/)
    expect(() => serviceNumber(info, 'none')).toThrow(FormatError)
    expect(() => serviceNumber(info, 'none')).toThrow(/has no none/)
  })
})
