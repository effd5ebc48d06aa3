/** Paths taken off the bytes of a listing are those of its decoded lines, up to the same error, however it is cut. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeAscii } from '../../src/bytes/text.ts'
import { MAX_LINE_BYTES } from '../../src/limits.ts'
import { decodeListingLine } from '../../src/tail/decode-listing-line.ts'
import { LineSplitter } from '../../src/tail/line-splitter.ts'
import { PathGatherer } from '../../src/tail/path-gatherer.ts'
import { plainEntryEnd } from '../../src/tail/plain-entry.ts'

interface Outcome {
  readonly paths: readonly string[]
  readonly ended: boolean
  readonly error: string | undefined
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Cuts a text into chunks of the given lengths, the last repeated. */
function cut(text: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < text.length; ) {
    const length = lengths[Math.min(chunks.length, lengths.length - 1)] ?? text.length
    chunks.push(text.slice(at, at + length))
    at += length
  }
  return chunks
}

/** By way of one object a line. */
function decoded(text: Uint8Array, lengths: readonly number[]): Outcome {
  const paths: string[] = []
  const splitter = new LineSplitter(MAX_LINE_BYTES)
  const take = (lines: readonly Uint8Array[]): void => {
    for (const line of lines) {
      const record = decodeListingLine(line)
      if (record) paths.push(latin1(record.pathBytes))
    }
  }
  try {
    for (const chunk of cut(text, lengths)) take(splitter.push(chunk))
    take(splitter.finish())
    return { paths, ended: splitter.ended, error: undefined }
  } catch (error) {
    return { paths, ended: false, error: String(error) }
  }
}

/** By way of bytes. */
function gathered(text: Uint8Array, lengths: readonly number[], terminator = 10): Outcome {
  const paths: string[] = []
  const gatherer = new PathGatherer(terminator)
  const take = (block: ReturnType<PathGatherer['finish']>): void => {
    let from = 0
    for (const end of block.ends) {
      paths.push(latin1(block.bytes.subarray(from, end)))
      expect(block.bytes[end]).toBe(terminator)
      from = end + 1
    }
    expect(from).toBe(block.bytes.length)
    gatherer.check()
  }
  try {
    for (const chunk of cut(text, lengths)) take(gatherer.push(chunk))
    take(gatherer.finish())
    return { paths, ended: gatherer.ended, error: undefined }
  } catch (error) {
    return { paths, ended: false, error: String(error) }
  }
}

const number = fc.oneof(
  { weight: 30, arbitrary: fc.oneof({ weight: 9, arbitrary: fc.nat() }, fc.maxSafeNat()).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '0',
      '00',
      '07',
      '-0',
      '-5',
      '+1',
      '1e3',
      '0x4f',
      '9007199254740992',
      '999999999999999',
      '5\r',
    ),
  },
)
const awkward = fc.constantFrom(
  '',
  'a',
  'a/b',
  '\\t',
  '\\\\',
  '\\x',
  '\\',
  '#',
  'a#b',
  '\r',
  '\xe9',
  '\x80',
  '\0',
  '.',
  './x',
)
const word = fc.oneof(
  fc.constantFrom('usr', 'a.b', 'site/page'),
  awkward,
  fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[\t\n]/g, '_')),
)
const owner = fc.oneof({ weight: 9, arbitrary: fc.tuple(word, number).map((pair) => pair.join('#')) }, number, word)
const offsetWord = fc.oneof(
  { weight: 9, arbitrary: fc.array(number, { minLength: 4, maxLength: 5 }).map((parts) => parts.join(':')) },
  word,
)
const column = fc.oneof(
  fc
    .tuple(fc.constantFrom('ns', 'mtime', 'csize', 'crc', 'n', 'm', 'x.a'), fc.oneof(number, word))
    .map((pair) => pair.join('=')),
  fc.tuple(number, number).map((pair) => `mtime=${pair.join('.')}`),
  word,
)
const columns = fc.array(column, { maxLength: 4 })
const common = fc.tuple(word, owner, owner, number)
const rest: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.tuple(fc.constant('file'), number, number, offsetWord),
  fc.tuple(fc.constant('file'), number, fc.constant('0')),
  fc.tuple(fc.constantFrom('dir', 'fifo')),
  fc.tuple(fc.constantFrom('link', 'hard'), word),
  fc.tuple(fc.constantFrom('char', 'block'), number, number),
  fc.array(fc.oneof(word, fc.constantFrom('file', 'dir', 'dir\r', 'files', 'link')), { maxLength: 3 }),
)
const line = fc.tuple(common, rest, columns).map((parts) => parts.flat().join('\t'))
/** A line in which one place was overwritten. */
const hurt = fc
  .tuple(line, fc.nat(), fc.constantFrom('', '\t', '\\', '\r', '#', ':', '=', '0', '-', '\xff'))
  .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1))
const listing = fc
  .tuple(
    fc.array(fc.oneof(line, hurt, fc.constantFrom('\r', '')), { maxLength: 8 }),
    fc.constantFrom('', '\n', '\n\n', '\n\nmore\n', '\r\n\r\n'),
  )
  .map(([lines, end]) => Uint8Array.from(Buffer.from(lines.join('\n') + end, 'latin1')))
const lengths = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 6 })

describe('paths of a listing', () => {
  it('are those of its lines, and so is the error', () => {
    let errors = 0
    let plain = 0
    fc.assert(
      fc.property(listing, lengths, (text, cuts) => {
        const expected = decoded(text, cuts)
        if (expected.error !== undefined) errors += 1
        plain += expected.paths.length
        expect(gathered(text, cuts)).toEqual(expected)
        expect(gathered(text, [text.length], 0)).toEqual(decoded(text, [text.length]))
      }),
      { numRuns: 4000 },
    )
    // Else nothing was tried.
    expect(errors).toBeGreaterThan(100)
    expect(plain).toBeGreaterThan(100)
  })

  it('a line that is taken for plain is one that is decoded', () => {
    let taken = 0
    fc.assert(
      fc.property(fc.oneof(line, hurt), (text) => {
        const bytes = Uint8Array.from(Buffer.from(`${text}\n`, 'latin1'))
        const tab = bytes.indexOf(9)
        const hasPlainName = tab >= 0 && !text.slice(0, tab).includes('\\')
        const end = hasPlainName ? plainEntryEnd(bytes, tab + 1) : -1
        if (end < 0) return
        taken += 1
        expect(end).toBe(bytes.length - 1)
        expect(decodeListingLine(bytes.subarray(0, end))).toBeDefined()
      }),
      { numRuns: 4000 },
    )
    expect(taken).toBeGreaterThan(100)
  })

  it.each([
    'a\troot#0\troot#0\t420\tfile\t1600000000\t5\t0:1:83:0\tcsize=31\tcrc=093c746d\tns=5',
    'a\troot#0\troot#0\t420\tfile\t-5\t0',
    'a\t#1000\t#1000\t493\tdir\tmtime=1600000000.123456789',
    'a\troot#0\troot#0\t420\tlink\t../b c\tmtime=5',
    'a\troot#0\troot#0\t420\thard\tb',
    'a\troot#0\troot#0\t420\tfifo',
  ])('%j needs no closer look', (text) => {
    expect(plainEntryEnd(encodeAscii(`${text}\n`), 2)).toBe(text.length)
  })

  it('a line that is too long is refused, after those before it', () => {
    const long = `b${'x'.repeat(MAX_LINE_BYTES)}\t#0\t#0\t420\tfifo\n`
    const text = encodeAscii(`a\t#0\t#0\t420\tfifo\n${long}c\t#0\t#0\t420\tfifo\n`)
    for (const cuts of [[100_000], [text.length]]) {
      const outcome = gathered(text, cuts)
      expect(outcome.paths).toEqual(['a'])
      expect(outcome.error).toMatch(/longer than 3145728 bytes/)
    }
  })
})
