/** Listing lines: every record comes back from its line; what is malformed is refused or no entry. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { FormatError, type ListingRecord } from 'isptar'
import { describe, expect, it } from 'vitest'
import { decodeListingLine } from '../../src/tail/decode-listing-line.ts'
import { encodeListingLine } from '../../src/tail/encode-listing-line.ts'
import { LineSplitter } from '../../src/tail/line-splitter.ts'
import { decodeXattrColumns, encodeXattrColumn } from '../../src/tail/xattr-column.ts'
import { arbitraryTime } from '../write/arbitrary-entries.ts'

const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 })
const count = fc.oneof(fc.nat(), fc.maxSafeNat())
const ownerName = fc.oneof(
  fc.constantFrom('', 'root', 'a#b', '#', 'x y', 'größe', '\udcff', 'a\r', '\r'),
  fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !/[\t\n\\]/.test(text)),
)

const key = fc.oneof(
  fc.constantFrom('csize', 'dirty', 'seek', 'x.user.a', '__proto__', 'constructor', 'mtim', 'n s', 'k\t', 'k\n', 'k\\'),
  fc.string({ minLength: 1, maxLength: 6 }),
)
const columns = fc
  .array(
    fc.tuple(key, fc.oneof(fc.string({ unit: 'binary', maxLength: 10 }), fc.constantFrom('', '=', 'a=b', '\t\n\\'))),
  )
  .map((pairs) => new Map(pairs.filter(([name]) => !name.includes('=') && name !== 'ns' && name !== 'mtime')))

const common = fc.record({
  pathBytes: bytes,
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: count,
  gid: count,
  userName: ownerName,
  groupName: ownerName,
  columns,
})

const location = fc.record({
  depth: fc.nat({ max: 5 }),
  slice: fc.integer({ min: 1, max: 1000 }),
  offset: count,
  plainOffset: fc.oneof(fc.constant(0), count),
})

type Details = Omit<ListingRecord, keyof (typeof common extends fc.Arbitrary<infer T> ? T : never)>

const wholeTime = fc.oneof(fc.constant(undefined), arbitraryTime)

const details: fc.Arbitrary<Details> = fc.oneof(
  fc.record({
    type: fc.constant('file' as const),
    mtime: arbitraryTime,
    sizeBytes: fc.constant(0),
    location: fc.constant(undefined),
  }),
  fc.record({
    type: fc.constant('file' as const),
    mtime: arbitraryTime,
    sizeBytes: count.filter((size) => size > 0),
    location,
  }),
  fc.record({
    type: fc.constantFrom('directory' as const, 'fifo' as const),
    mtime: wholeTime,
    sizeBytes: fc.constant(0),
  }),
  fc.record({
    type: fc.constantFrom('symlink' as const, 'hardlink' as const),
    mtime: wholeTime,
    sizeBytes: fc.constant(0),
    linkBytes: bytes,
  }),
  fc.record({
    type: fc.constantFrom('char' as const, 'block' as const),
    mtime: wholeTime,
    sizeBytes: fc.constant(0),
    device: fc.record({ major: count, minor: count }),
  }),
)

const record: fc.Arbitrary<ListingRecord> = fc.tuple(common, details).map(([base, more]) => ({ ...base, ...more }))

/** A record with bytes as text, so that a Buffer equals a Uint8Array. */
function comparable(found: ListingRecord | undefined): unknown {
  if (found === undefined) return undefined
  const { pathBytes, linkBytes, ...rest } = found
  const text = (raw: Uint8Array): string => Buffer.from(raw).toString('latin1')
  return { ...rest, path: text(pathBytes), link: linkBytes && text(linkBytes), columns: [...found.columns] }
}

function decode(line: string): ListingRecord | undefined {
  return decodeListingLine(Buffer.from(line, 'latin1'))
}

describe('every record', () => {
  it('comes back from its line', () => {
    fc.assert(
      fc.property(record, (given) => {
        const line = encodeListingLine(given)
        expect(line.indexOf(0x0a)).toBe(line.length - 1)
        expect(comparable(decodeListingLine(line.subarray(0, -1)))).toEqual(comparable(given))
      }),
      { numRuns: 1000 },
    )
  })

  it('comes back from a listing of many, cut into chunks anywhere', () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        (given, cuts) => {
          const listing = Buffer.concat([...given.map((one) => encodeListingLine(one)), Buffer.from('\nnot this\n')])
          const splitter = new LineSplitter(10_000)
          const lines: Uint8Array[] = []
          for (let at = 0; at < listing.length; ) {
            const end = at + (cuts.next().value ?? 1)
            lines.push(...splitter.push(new Uint8Array(listing.subarray(at, end))))
            at = end
          }
          lines.push(...splitter.finish())
          expect(lines.map((line) => comparable(decodeListingLine(line)))).toEqual(given.map(comparable))
          expect(splitter.ended).toBe(true)
        },
      ),
    )
  })
})

describe('random bytes', () => {
  it('are a record, no entry, or a FormatError', () => {
    const field = fc.oneof(
      fc.constantFrom(
        'file',
        'dir',
        'link',
        'hard',
        'char',
        'block',
        'fifo',
        'root#0',
        '0',
        '420',
        '0:1:5:0',
        'csize=5',
        'ns=1',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    )
    fc.assert(
      fc.property(fc.array(field, { maxLength: 10 }), (fields) => {
        try {
          const found = decodeListingLine(Buffer.from(fields.join('\t')))
          if (found !== undefined) expect(found.pathBytes).toBeInstanceOf(Uint8Array)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('lines of the original', () => {
  const cases = [
    'plain',
    'types',
    'longnames',
    'oddnames',
    'argorder',
    'nocompress',
    'sliced',
    'merged',
    'diff',
    'copydata',
  ]

  it.each(cases)('%s: are read and written byte for byte', (name) => {
    const path = new URL(`../../../../fixtures/original/${name}/listing.txt`, import.meta.url)
    const text = readFileSync(path)
    const lines = new LineSplitter(1_000_000).push(text)
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) {
      const found = decodeListingLine(line)
      if (found === undefined) throw new Error(`no entry: ${String(line)}`)
      expect(Buffer.from(encodeListingLine(found)).toString('latin1')).toBe(`${Buffer.from(line).toString('latin1')}\n`)
    }
  })
})

describe('as the original reads it', () => {
  const base = 'a\troot#0\troot#0\t420\t'

  it('the id is what follows the last #, and a bare number is an id', () => {
    expect(decode('a\ta#b#5\t#7\t420\tdir')).toMatchObject({ userName: 'a#b', uid: 5, groupName: '', gid: 7 })
    expect(decode('a\t5\t7\t420\tdir')).toMatchObject({ userName: '', uid: 5, groupName: '', gid: 7 })
  })

  it('lines may end in CR LF; only the target of a link may have a CR of its own', () => {
    for (const details of ['dir', 'fifo', 'file\t5\t0', 'file\t5\t7\t0:1:9:0', 'char\t1\t3'])
      expect(comparable(decode(`${base}${details}\r`))).toEqual(comparable(decode(base + details)))
    expect(Buffer.from(decode(`${base}link\tx\r`)?.linkBytes ?? []).toString()).toBe('x\r')
  })

  it('more of a mode than 07777 is left out', () => {
    expect(decode(`${base.replace('420', '33188')}dir`)?.mode).toBe(0o644)
  })

  it('fields behind those it knows are columns, or nothing', () => {
    const found = decode(`${base}file\t5\t7\t0:1:9:0\tk=v\tnothing\t=x\tk2=a=b\tcsize=1\tcsize=2`)
    expect([...(found?.columns ?? [])]).toEqual([
      ['k', 'v'],
      ['k2', 'a=b'],
      ['csize', '2'],
    ])
  })

  it.each(['', 'junk', 'nan', '-1', '1e3', '9007199254740992', '0:x', '5:6'])(
    'the last number %j of a place says nothing',
    (zpos) => {
      const expected = { depth: 0, slice: 1, offset: 9, plainOffset: zpos === '5:6' ? 5 : 0 }
      expect(decode(`${base}file\t5\t7\t0:1:9:${zpos}`)?.location).toEqual(expected)
      expect(decode(`${base}file\t5\t7\t0:1:9`)?.location).toEqual({ ...expected, plainOffset: 0 })
    },
  )

  it.each([
    '',
    '# comment',
    'a',
    'a\tb\tc\td',
    'a\troot#0\troot#0\t420',
    `${base}`,
    `${base}socket`,
    `${base}FILE\t5\t0`,
  ])('%j is no entry', (line) => {
    expect(decode(line)).toBeUndefined()
  })
})

describe('malformed', () => {
  const good = ['a', 'root#0', 'root#0', '420', 'file', '5', '7', '0:1:9:0']
  const numbers = ['', '-1', '+1', '1e9', '0x10', '010', ' 1', '1 ', 'NaN', '1.5', '9007199254740992']
  const inField = (index: number, text: string): string =>
    good.map((field, i) => (i === index ? text : field)).join('\t')
  const rows: string[] = [
    ...numbers.flatMap((n) => [1, 2].map((i) => inField(i, `root#${n}`))),
    ...numbers.map((n) => inField(3, n)),
    ...numbers.filter((n) => n !== '-1').map((n) => inField(5, n)),
    ...numbers.map((n) => inField(6, n)),
    ...numbers.flatMap((n) => [`${n}:1:9:0`, `0:${n}:9:0`].map((word) => inField(7, word))),
    ...numbers.filter((n) => n !== '0x10').map((n) => inField(7, `0:1:${n}:0`)),
    ...numbers.map((n) => `${good.join('\t')}\tns=${n}`),
    `${good.join('\t')}\tns=1000000000`,
    ...numbers.flatMap((n) => ['char', 'block'].map((type) => ['a', '#0', '#0', '0', type, n, '0'].join('\t'))),
    ...numbers.flatMap((n) => ['char', 'block'].map((type) => ['a', '#0', '#0', '0', type, '0', n].join('\t'))),
    ...numbers
      .filter((n) => !['-1', '1.5'].includes(n))
      .map((n) => ['a', '#0', '#0', '0', 'dir', `mtime=${n}`].join('\t')),
    ...['a\\', 'a\\x', '\\0'].map((name) => inField(0, name)),
    'a\t#0\t#0\t0\tlink\ta\\x',
    'a\t#0\t#0\t0\tdir\tk=\\x',
    'a\troot\troot#0\t420\tdir',
    'a\t#0\t#0\t0\tlink',
    'a\t#0\t#0\t0\thard',
    'a\t#0\t#0\t0\tchar\t5',
    'a\t#0\t#0\t0\tfile',
    'a\t#0\t#0\t0\tfile\t5',
    'a\t#0\t#0\t0\tfile\t5\t7',
    'a\t#0\t#0\t0\tfile\t5\t7\t0:1',
  ]

  it.each([...new Set(rows)])('%j', (line) => {
    expect(() => decode(line)).toThrow(FormatError)
  })

  it('says which entry and what', () => {
    expect(() => decode('d/é\t#0\t#0\t0\tfile\t5\t-7')).toThrow(
      /^listing line of ".*": size is "-7", expected a decimal number up to 2\^53 − 1$/,
    )
  })
})

describe('an owner name that would break the line', () => {
  it.each(['a\tb', 'a\nb', 'a\\b'])('%j is left out', (userName) => {
    const line = encodeListingLine({ ...(decode('a\t#5\t#0\t0\tdir') as ListingRecord), userName })
    expect(Buffer.from(line).toString()).toBe('a\t#5\t#0\t0\tdir\n')
  })
})

describe('extended attributes', () => {
  it('come back, whatever their names and values', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'user.a',
        'user.a=b',
        'user.%',
        'user.%3D',
        'user.%25',
        '%253D',
        '=',
        'user.\udcff',
        '__proto__',
        'a\tb\n\\',
      ),
      fc.string({ unit: 'binary', minLength: 1 }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.uint8Array())), (pairs) => {
        const xattrs = new Map(pairs)
        const own = new Map([...xattrs].map(([key, value]) => encodeXattrColumn(key, value)))
        const given = { ...(decode('a\t#5\t#0\t0\tdir') as ListingRecord), columns: own }
        const found = decodeListingLine(encodeListingLine(given).subarray(0, -1))
        expect([...decodeXattrColumns(found?.columns ?? new Map())].map(plain)).toEqual([...xattrs].map(plain))
      }),
    )
  })

  it.each(['%', 'a', '=', 'é', 'AA=A'])('%j is no base64', (value) => {
    expect(() => decodeXattrColumns(new Map([['x.user.a', value]]))).toThrow(FormatError)
  })

  it('are the columns that begin with x.', () => {
    expect([
      ...decodeXattrColumns(
        new Map([
          ['x.a', 'QQ=='],
          ['xa', 'QQ=='],
          ['X.b', ''],
        ]),
      ).keys(),
    ]).toEqual(['a'])
  })
})

function plain([name, value]: readonly [string, Uint8Array]): [string, number[]] {
  return [name, [...value]]
}
