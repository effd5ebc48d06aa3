/** Opening: what it costs, and which tails are refused without harm. */
import {
  type ByteSource,
  FormatError,
  IntegrityError,
  LimitError,
  MemorySource,
  openArchive,
  StorageError,
  withCounter,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { KiB, MiB, TAIL_BYTES } from '../../src/limits.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { buildArchive, SMALL_TREE } from '../write/build-archive.ts'
import { collect } from './collect.ts'
import { type Craft, craftArchive, craftFiles, member } from './craft-archive.ts'

const open = (craft: Craft): ReturnType<typeof openArchive> => openArchive(new MemorySource(craftArchive(craft)))

describe('costs', () => {
  it('one request to open, list and read what lies in the first read', async () => {
    const bytes = await buildArchive(SMALL_TREE)
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source)
    for (const entry of await collect(archive.entries())) if (entry.type === 'file') await entry.bytes()
    expect(source.log).toEqual([{ offset: 0, lengthBytes: bytes.length }])
    expect(source.bytes).toBe(bytes.length)
  })

  it('one request to open and list, one exact range a file', async () => {
    const files = ['a', 'b', 'c'].map((path, i) => ({ path, data: sampleBytes(100_000 + i) }))
    const bytes = await buildArchive(files, { level: 0 })
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source)
    const [first, second] = await collect(archive.entries())
    expect(source.log).toEqual([{ offset: bytes.length - TAIL_BYTES, lengthBytes: TAIL_BYTES }])
    for (const entry of [second, first]) {
      expectBytes((await entry?.bytes()) ?? new Uint8Array(0), sampleBytes(entry?.sizeBytes ?? 0))
      expect(source.log.at(-1)).toEqual({ offset: entry?.location?.offset, lengthBytes: entry?.packedBytes })
    }
    expect(source.requests).toBe(3)
    const stretch = [first, second].map((entry) => entry?.packedBytes ?? 0).reduce((sum, length) => sum + length)
    expect(source.bytes).toBe(TAIL_BYTES + stretch)
  })

  it('one request more when the listing is longer than the first read, and it is kept', async () => {
    const bytes = await buildArchive(manyEntries(400))
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source, { tailBytes: 1 * KiB })
    expect(source.requests).toBe(1)
    const { listingOffset } = archive.tail
    for (let pass = 0; pass < 3; pass += 1) expect((await collect(archive.entries())).length).toBe(400)
    expect(await archive.text('n0007')).toBe('7')
    const rest = bytes.length - 1 * KiB - listingOffset
    expect(source.log.slice(1, 2)).toEqual([{ offset: listingOffset, lengthBytes: rest }])
    expect(source.requests).toBe(3)
  })

  it('a request a pass when the listing is too long to be kept', async () => {
    const source = withCounter(new MemorySource(await buildArchive(manyEntries(400))))
    await using archive = await openArchive(source, { tailBytes: 1 * KiB, residentListingBytes: 1 * KiB })
    for (let pass = 1; pass <= 3; pass += 1) {
      expect((await collect(archive.entries())).length).toBe(400)
      expect(source.requests).toBe(1 + pass)
    }
  })

  it('one stream of exactly its length for a large file', async () => {
    const data = sampleBytes(3 * MiB)
    const source = withCounter(new MemorySource(await buildArchive([{ path: 'big', data }])))
    await using archive = await openArchive(source)
    const entry = await archive.get('big')
    expectBytes(await entry.bytes(), data)
    const { packedBytes = 0, location } = entry
    expect(packedBytes).toBeGreaterThan(data.length)
    // The end of the member lay in the first read.
    const inTail = (location?.offset ?? 0) + packedBytes - (archive.sizeBytes - TAIL_BYTES)
    expect(source.log.slice(1)).toEqual([{ offset: location?.offset, lengthBytes: packedBytes - inTail }])
  })
})

function manyEntries(count: number): { path: string; data: string }[] {
  return Array.from({ length: count }, (_, i) => ({ path: `n${String(i).padStart(4, '0')}`, data: `${i}` }))
}

it.each([38, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses tailBytes %d', async (tailBytes) => {
  await expect(openArchive(new MemorySource(craftArchive({})), { tailBytes })).rejects.toThrow(RangeError)
})

it.each([-1, 1.5, Number.NaN])('refuses residentListingBytes %d', async (residentListingBytes) => {
  await expect(openArchive(new MemorySource(craftArchive({})), { residentListingBytes })).rejects.toThrow(RangeError)
})

it('opens an archive put together by hand', async () => {
  await using archive = await openArchive(new MemorySource(craftFiles({ a: 'one', b: '2'.repeat(600) }), 'by hand'))
  expect(archive).toMatchObject({ name: 'by hand', formatVersion: 1, notices: [], entryCount: undefined })
  expect([await archive.text('a'), await archive.text('b')]).toEqual(['one', '2'.repeat(600)])
})

describe('the source', () => {
  it('is closed with the archive', async () => {
    const { source, closed } = closingSource(craftArchive({}))
    const archive = await openArchive(source)
    expect(closed()).toBe(0)
    await archive.close()
    expect(closed()).toBe(1)
  })

  it('is closed when opening fails, and that it cannot be closed hides nothing', async () => {
    const { source, closed } = closingSource(new Uint8Array(100))
    await expect(openArchive(source)).rejects.toThrow(FormatError)
    expect(closed()).toBe(1)
    const failing = Object.assign(new MemorySource(new Uint8Array(100)), {
      close: () => Promise.reject(new Error('no')),
    })
    await expect(openArchive(failing)).rejects.toThrow(/no trailer/)
  })

  it('is not read once the signal is aborted', async () => {
    const source = withCounter(new MemorySource(craftArchive({})))
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(openArchive(source, { signal })).rejects.toThrow('enough')
  })
})

function closingSource(bytes: Uint8Array): { source: ByteSource; closed: () => number } {
  let closed = 0
  const source = new MemorySource(bytes)
  return { source: Object.assign(source, { close: async () => void (closed += 1) }), closed: () => closed }
}

describe('no archive', () => {
  it.each([
    ['nothing', new Uint8Array(0)],
    ['one byte', Uint8Array.of(0x1f)],
    ['19 bytes', member('x').subarray(0, 19)],
    ['zeros', new Uint8Array(1000)],
    ['noise', sampleBytes(1000)],
    ['a gzip file', member('some text that is not a number')],
    ['gzip magics', Uint8Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0x1f : 0x8b))],
    ['a trailer alone', member('25')],
  ])('%s', async (_, bytes) => {
    await expect(openArchive(new MemorySource(bytes))).rejects.toThrow(FormatError)
  })
})

describe('a trailer', () => {
  const refused: [string, (serviceBytes: number) => string, RegExp][] = [
    ['of 0', () => '0', /no trailer/],
    ['of a negative number', (n) => `-${n}`, /no trailer/],
    ['without digits', () => 'abc', /no trailer/],
    ['of 20 digits', () => '9'.repeat(20), /no trailer/],
    ['of 10^11', () => '100000000000', /only \d+ precede/],
    ['of one byte more than there is', () => '200', /only \d+ precede/],
    ['of one byte less', (n) => String(n - 1), /no gzip member|cut short|damaged/],
    ['of one byte more', (n) => String(n + 1), /no gzip member/],
    ['in hexadecimal', (n) => `0x${n.toString(16)}`, /no trailer/],
  ]

  it.each(refused)('%s is refused', async (_, trailer, message) => {
    await expect(open({ trailer })).rejects.toThrow(message)
    await expect(open({ trailer })).rejects.toThrow(FormatError)
  })

  it('that unfolds to much more than a trailer is refused', async () => {
    const bomb = member(new Uint8Array(70_000))
    expect(bomb.length).toBeGreaterThan(39)
    await expect(openArchive(new MemorySource(concatBytes([new Uint8Array(200), bomb])))).rejects.toThrow(FormatError)
  })
})

describe('service info', () => {
  it.each([0, 12])('with a wrong CRC is a notice, but not with %i bytes behind it', async (junkBytes) => {
    const listing = member('\n')
    const service = member(`listing_size=${listing.length}\nheader_size=`)
    service.set([1, 2, 3, 4], service.length - 8)
    const trailer = member(String(service.length + junkBytes).padEnd(1500, '\0'))
    const source = new MemorySource(concatBytes([listing, service, new Uint8Array(junkBytes).fill(7), trailer]))
    if (junkBytes > 0) await expect(openArchive(source)).rejects.toThrow(/its member ends after/)
    else expect((await openArchive(source)).notices).toEqual([expect.stringContaining('CRC-32')])
  })

  it.each<[string, Craft['info'] & {}, RegExp]>([
    ['without listing_size', { listing_size: undefined }, /has no listing_size/],
    ['with a listing of 0 bytes', { listing_size: '0' }, /listing_size is 0, expected 20 to/],
    ['with a listing of 19 bytes', { listing_size: '19' }, /listing_size is 19/],
    ['with a listing longer than what precedes', { listing_size: '22' }, /listing_size is 22, expected 20 to 21/],
    ['with a listing of 2^53', { listing_size: '9007199254740992' }, /expected a decimal number/],
    ['with a negative listing', { listing_size: '-21' }, /expected a decimal number/],
    ['with a listing in octal', { listing_size: '025' }, /expected a decimal number/],
    ['with a listing in hexadecimal', { listing_size: '0x15' }, /expected a decimal number/],
    ['with a blank before a number', { listing_size: ' 21' }, /expected a decimal number/],
    ['with a section of no size', { sections: 'digest' }, /digest_size of the service info is ""/],
    ['with a section larger than the archive', { sections: 'digest', digest_size: '21' }, /digest_size is 21/],
    ['with an index that leaves no listing', { sections: 'index', index_size: '2' }, /index_size is 2, expected 20/],
  ])('%s is refused', async (_, info, message) => {
    await expect(open({ info })).rejects.toThrow(FormatError)
    await expect(open({ info })).rejects.toThrow(message)
  })

  it('of the last of repeated keys counts, and keys that objects have are keys like others', async () => {
    const info = [
      'listing_size=20',
      '__proto__=x',
      'constructor=y',
      'toString=',
      'listing_size=21',
      '=z',
      'header_size=',
    ]
    await using archive = await open({ serviceInfo: Buffer.from(info.join('\n')) })
    expect([...archive.serviceInfo]).toEqual([
      ['listing_size', '21'],
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['toString', ''],
      ['header_size', ''],
    ])
    expect(Object.getPrototypeOf({})).toHaveProperty('hasOwnProperty')
  })

  it('that is too long is refused before it is read', async () => {
    const source = withCounter(new MemorySource(craftArchive({ before: sampleBytes(200_000), trailer: () => '70000' })))
    await expect(openArchive(source)).rejects.toThrow(LimitError)
    expect(source.requests).toBe(1)
  })

  it('that unfolds too far is refused', async () => {
    const serviceInfo = new Uint8Array(10 * MiB).fill(0x61)
    await expect(open({ serviceInfo })).rejects.toThrow(LimitError)
  })

  it.each(['5x', '-1', '1e3', ''])('with %s entries has no number of them', async (entries) => {
    await using archive = await open({ info: { entries } })
    expect(archive.entryCount).toBeUndefined()
  })
})

describe('the listing', () => {
  it('that is no gzip member is refused when it is read', async () => {
    await using archive = await open({ listingMember: sampleBytes(100) })
    await expect(collect(archive.entries())).rejects.toThrow(FormatError)
    await expect(archive.get('a')).rejects.toThrow(FormatError)
    await expect(archive.bytes('a')).rejects.toThrow(FormatError)
  })

  it('that is cut is refused', async () => {
    const whole = member('a\troot#0\troot#0\t493\tdir\n'.repeat(50))
    await using archive = await open({ listingMember: whole.subarray(0, -9) })
    await expect(collect(archive.entries())).rejects.toThrow(IntegrityError)
  })

  it('that unfolds 1000 times is refused in bounded time, kept or not', async () => {
    const listingMember = member(new Uint8Array(64 * MiB).fill(0x0a).fill(0x61, 0, 1000))
    for (const options of [{}, { residentListingBytes: 0 }]) {
      const source = new MemorySource(craftArchive({ listingMember }))
      await using archive = await openArchive(source, options)
      await expect(collect(archive.entries())).rejects.toThrow(LimitError)
    }
  })

  it('with a line without end is refused', async () => {
    await using archive = await open({ listing: new Uint8Array(5 * MiB).fill(0x61) })
    await expect(collect(archive.entries())).rejects.toMatchObject({ code: 'limit', limit: 'MAX_LINE_BYTES' })
  })
})

it('errors of the store are not taken for damage', async () => {
  const source = new MemorySource(craftArchive({ before: sampleBytes(100_000) }))
  const failing = Object.assign(source, {
    read: () => Promise.reject(new StorageError('no', { operation: 'read', location: 'x', kind: 'denied' })),
  })
  await expect(openArchive(failing, { tailBytes: 39 })).rejects.toMatchObject({ code: 'storage', kind: 'denied' })
})
