/** The index section: what is encoded is decoded, another form is passed over, blocks that cannot be are refused. */
import fc from 'fast-check'
import { FormatError } from 'isptar'
import { describe, expect, it } from 'vitest'
import { decodeIndex, encodeIndex, type IndexBlock } from '../../src/tail/index-section.ts'
import { arbitraryPath } from '../write/arbitrary-entries.ts'

const step = fc.integer({ min: 1, max: 2 ** 40 })

/** Blocks that follow each other. */
const blocks = fc
  .array(fc.tuple(step, step, step, fc.integer({ min: 0, max: 2 ** 32 - 1 }), arbitraryPath), { maxLength: 8 })
  .map((rows) => {
    const found: IndexBlock[] = []
    for (const [entries, plain, packed, crc32, firstPath] of rows) {
      const last = found.at(-1)
      found.push({
        entriesBefore: last ? last.entriesBefore + entries : 0,
        plainOffset: last ? last.plainOffset + plain : 0,
        packedOffset: (last?.packedOffset ?? 9) + packed,
        crc32,
        firstPath,
      })
    }
    return found
  })

it('every index comes back', () => {
  fc.assert(
    fc.property(blocks, (given) => {
      expect(decodeIndex(encodeIndex(given))).toEqual(given)
    }),
  )
})

const text = (...lines: string[]): Uint8Array => Buffer.from(lines.map((line) => `${line}\n`).join(''))

it('is the text of the specification', () => {
  const firstPath = Buffer.from('a\tb')
  const given = [{ entriesBefore: 0, plainOffset: 0, packedOffset: 10, crc32: 0xab, firstPath }]
  expect(Buffer.from(encodeIndex(given))).toEqual(text('0\t0\t10\t000000ab\ta\\tb'))
})

it('the last line may lack its LF', () => {
  expect(decodeIndex(text('0\t0\t10\t000000ab\ta', '5\t9\t40\t000000ab\tb').subarray(0, -1))?.length).toBe(2)
})

it.each([
  ['four fields', '0\t0\t10\ta'],
  ['a checksum that is none', '0\t0\t10\t00000xab\ta'],
  ['a checksum in capitals', '0\t0\t10\t000000AB\ta'],
  ['a short checksum', '0\t0\t10\tab\ta'],
  ['an empty line', ''],
])('%s is another form, which is passed over', (_, line) => {
  expect(decodeIndex(text('0\t0\t10\t000000ab\ta', line))).toBeUndefined()
})

describe('refused', () => {
  const second = (line: string): Uint8Array => text('0\t0\t10\t000000ab\ta', line)

  it.each([
    ['a first block that is not the first line', text('1\t0\t10\t000000ab\ta')],
    ['a first block that is not at the beginning', text('0\t7\t10\t000000ab\ta')],
    ['no more entries', second('0\t5\t20\t000000ab\tb')],
    ['no more text', second('5\t0\t20\t000000ab\tb')],
    ['no more packed', second('5\t5\t10\t000000ab\tb')],
    ['a number that is none', second('x\t5\t20\t000000ab\tb')],
    ['a negative number', second('5\t-5\t20\t000000ab\tb')],
    ['a number beyond 2^53', second('5\t5\t9007199254740993\t000000ab\tb')],
    ['an unknown escape', second('5\t5\t20\t000000ab\tb\\x')],
  ])('%s', (_, plain) => {
    expect(() => decodeIndex(plain)).toThrow(FormatError)
  })
})
