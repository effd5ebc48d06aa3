/** Lines, however the text is cut into chunks. */
import fc from 'fast-check'
import { LimitError } from 'isptar'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from '../../src/tail/line-splitter.ts'

/** Pushes a text in chunks of the given lengths, the last repeated. */
function split(text: string, lengths: readonly number[], maxLineBytes = 1000): { lines: string[]; ended: boolean } {
  const bytes = Buffer.from(text, 'latin1')
  const splitter = new LineSplitter(maxLineBytes)
  const lines: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const end = at + (lengths[Math.min(i, lengths.length - 1)] ?? 1)
    // The buffer of a chunk is the giver's again once the lines of it were taken.
    const chunk = new Uint8Array(bytes.subarray(at, end))
    lines.push(...splitter.push(chunk))
    at = end
  }
  lines.push(...splitter.finish())
  return { lines: lines.map((line) => Buffer.from(line).toString('latin1')), ended: splitter.ended }
}

it('are the same under any chunking', () => {
  const text = fc
    .array(fc.constantFrom('\n', '\n', 'a', 'b\r', '\xff'), { maxLength: 40 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 9 }), (listing, lengths) => {
      const [head = '', ...rest] = `\n${listing}`.split('\n\n')
      const expected = head.split('\n').filter((line) => line !== '')
      expect(split(listing, [...lengths, 7])).toEqual({ lines: expected, ended: rest.length > 0 })
    }),
    { numRuns: 1000 },
  )
})

it.each([
  ['', [], false],
  ['\n', [], true],
  ['a', ['a'], false],
  ['a\n', ['a'], false],
  ['a\n\n', ['a'], true],
  ['a\n\nb\n\n', ['a'], true],
  ['\na\n', [], true],
  ['a\r\n\r\nb\r\n', ['a\r'], true],
])('%j has the lines %j', (text, lines, ended) => {
  for (const length of [1, 2, 100]) expect(split(text, [length])).toEqual({ lines, ended })
})

describe('a line that is too long', () => {
  it.each([1, 3, 100])('is refused before it is gathered, in chunks of %i', (length) => {
    expect(split(`${'x'.repeat(20)}\n\n`, [length], 20).lines).toEqual(['x'.repeat(20)])
    for (const text of ['x'.repeat(21), `${'x'.repeat(21)}\n`, `a\n${'x'.repeat(21)}\n\n`]) {
      expect(() => split(text, [length], 20)).toThrow(LimitError)
      expect(() => split(text, [length], 20)).toThrow(/longer than 20 bytes/)
    }
  })

  it('of many chunks takes time in proportion', () => {
    const splitter = new LineSplitter(4_000_000)
    const chunk = new Uint8Array(10).fill(0x61)
    for (let i = 0; i < 300_000; i += 1) expect(splitter.push(chunk)).toEqual([])
    const [line] = splitter.finish()
    expect(line?.length).toBe(3_000_000)
  })
})
