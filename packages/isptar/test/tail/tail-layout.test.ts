/** Where the tail's members lie: arithmetic that trusts no number. */
import fc from 'fast-check'
import { FormatError } from 'isptar'
import { describe, expect, it } from 'vitest'
import { layoutTail } from '../../src/tail/tail-layout.ts'

const layout = (info: Readonly<Record<string, string>>): ReturnType<typeof layoutTail> =>
  layoutTail(new Map(Object.entries(info)), 1000, 1100)

it('without sections', () => {
  expect(layout({ listing_size: '300' })).toEqual({
    listingOffset: 700,
    listingPackedBytes: 300,
    serviceInfoOffset: 1000,
    serviceInfoPackedBytes: 100,
    trailerOffset: 1100,
    sections: [],
  })
})

it('with digest before and index behind the listing', () => {
  const info = { listing_size: '300', sections: 'digest,index', digest_size: '64', index_size: '50' }
  expect(layout(info)).toMatchObject({
    listingOffset: 700,
    listingPackedBytes: 250,
    sections: [
      { name: 'digest', offset: 636, packedBytes: 64 },
      { name: 'index', offset: 950, packedBytes: 50 },
    ],
  })
})

it('sections that are not named, or not known, are stepped over', () => {
  const sizes = { digest_size: '64', index_size: '50', other_size: 'x' }
  expect(layout({ listing_size: '300', ...sizes }).sections).toEqual([])
  expect(layout({ listing_size: '300', sections: 'other,digest', ...sizes }).sections.map(({ name }) => name)).toEqual([
    'digest',
  ])
})

describe('sizes that cannot be', () => {
  const sizes = [
    '',
    '0',
    '19',
    '1001',
    '-20',
    '+20',
    '020',
    '0x20',
    '1e2',
    ' 20',
    '20 ',
    '9007199254740992',
    '9'.repeat(400),
  ]

  it.each(sizes)('listing_size=%s', (size) => {
    expect(() => layout({ listing_size: size })).toThrow(FormatError)
  })

  it.each([...sizes, '701'])('digest_size=%s', (size) => {
    expect(() => layout({ listing_size: '300', sections: 'digest', digest_size: size })).toThrow(FormatError)
  })

  it.each([...sizes, '281', '300'])('index_size=%s', (size) => {
    expect(() => layout({ listing_size: '300', sections: 'index', index_size: size })).toThrow(FormatError)
  })

  it('no size at all', () => {
    expect(() => layout({})).toThrow(/has no listing_size/)
    expect(() => layout({ listing_size: '300', sections: 'digest' })).toThrow(FormatError)
  })
})

it('whatever the numbers, all lies in the archive or is refused', () => {
  const size = fc.oneof(fc.integer({ min: -5, max: 1200 }).map(String), fc.string({ maxLength: 3 }))
  fc.assert(
    fc.property(size, size, size, fc.constantFrom('', 'digest', 'index', 'digest,index'), (a, b, c, sections) => {
      try {
        const tail = layout({ listing_size: a, digest_size: b, index_size: c, sections })
        const places = [...tail.sections, { offset: tail.listingOffset, packedBytes: tail.listingPackedBytes }]
        for (const { offset, packedBytes } of places) {
          expect(offset).toBeGreaterThanOrEqual(0)
          expect(packedBytes).toBeGreaterThanOrEqual(20)
          expect(offset + packedBytes).toBeLessThanOrEqual(1000)
        }
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
      }
    }),
    { numRuns: 1000 },
  )
})
