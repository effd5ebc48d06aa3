/** What an archive says of itself is held against what it is: places, checksums, chunks, other archives, waiting reads. */
import { type Archive, FormatError, IntegrityError, MemorySource, openArchive, withCounter } from 'isptar'
import { describe, expect, it, vi } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { encodeTarHeader } from '../../src/tar/encode-tar-header.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { buildArchive } from '../write/build-archive.ts'
import { collect } from './collect.ts'
import { craftArchive, member } from './craft-archive.ts'

const open = (bytes: Uint8Array): Promise<Archive> => openArchive(new MemorySource(bytes))

describe('bytes before the archive', () => {
  it('leave the listing readable, and its data refused', async () => {
    const bytes = await buildArchive([{ path: 'f', data: 'data' }])
    await using archive = await open(concatBytes([member('prefix'), bytes]))
    expect((await collect(archive.entries())).map(({ path }) => path)).toEqual(['f'])
    await expect(archive.bytes('f')).rejects.toThrow(FormatError)
    await expect(archive.bytes('f')).rejects.toThrow(/added or are missing/)
    expect(archive.notices).toEqual([expect.stringMatching(/added or are missing/)])
    expect(await archive.verify()).toMatchObject({ ok: false, problemCount: 1, dataBytes: 0 })
  })
})

describe('the crc column', () => {
  it('tells the data of another archive, where the listing is alike in all else', async () => {
    const [one, two] = await Promise.all(
      ['hello', 'jello'].map((data) => buildArchive([{ path: 'a.jpg', data }], { level: 0 })),
    )
    await using first = await open(one ?? new Uint8Array(0))
    await using second = await open(two ?? new Uint8Array(0))
    expect(first.identity).not.toBe(second.identity)
    const { listingOffset } = second.tail
    await using mixed = await open(
      concatBytes([one?.subarray(0, listingOffset), two?.subarray(listingOffset)] as Uint8Array[]),
    )
    await expect(mixed.bytes('a.jpg')).rejects.toThrow(IntegrityError)
    await expect(mixed.bytes('a.jpg')).rejects.toThrow(/CRC-32 of its member/)
  })

  it('is checked for what streams as well', async () => {
    const data = sampleBytes(3_000_000)
    const [one, two] = await Promise.all(
      [data, data.map((byte) => byte ^ 1)].map((d) => buildArchive([{ path: 'a.jpg', data: d }])),
    )
    if (!one || !two) throw new Error('no archives')
    await using second = await open(two)
    await using mixed = await open(
      concatBytes([one.subarray(0, second.tail.listingOffset), two.subarray(second.tail.listingOffset)]),
    )
    await expect(mixed.bytes('a.jpg')).rejects.toThrow(IntegrityError)
  })
})

describe('a listing in two members', () => {
  const lines = ['a', 'b'].map((path) => member(`${path}\troot#0\troot#0\t493\tdir\n`))
  const archive = craftArchive({ listingMember: concatBytes(lines) })

  it.each([1, 2, lines[0]?.length ?? 0, 65536])('is refused in chunks of %i bytes', async (chunkBytes) => {
    const source = new MemorySource(archive)
    const stream = source.stream.bind(source)
    source.stream = async function* (...range) {
      for await (const chunk of stream(...range))
        for (let i = 0; i < chunk.length; i += chunkBytes) yield chunk.subarray(i, i + chunkBytes)
    }
    await using opened = await openArchive(source, { tailBytes: 39, residentListingBytes: 0 })
    await expect(collect(opened.entries())).rejects.toThrow(/another gzip member follows/)
    await expect(opened.find('b')).rejects.toThrow(FormatError)
  })

  it('is none where text and a member follow the empty line', async () => {
    const listing = member('a\troot#0\troot#0\t493\tdir\n\nmore text\n')
    await using opened = await open(craftArchive({ listingMember: concatBytes([listing, member('a section')]) }))
    expect((await collect(opened.entries())).map(({ path }) => path)).toEqual(['a'])
  })
})

it('an entry of another archive is not read from this one', async () => {
  await using one = await open(await buildArchive([{ path: 'f', data: 'one' }]))
  await using two = await open(await buildArchive([{ path: 'f', data: 'two' }]))
  const entry = await one.get('f')
  await expect(two.bytes(entry)).rejects.toThrow(TypeError)
  expect(await entry.text()).toBe('one')
})

it('a stream that waits for a stuck source is cancelled at once', async () => {
  const source = new MemorySource(await buildArchive([{ path: 'f', data: sampleBytes(3_000_000) }]))
  await using archive = await openArchive(source)
  await archive.get('f')
  let asked = 0
  source.stream = async function* (_offset, _length, options) {
    asked += 1
    await new Promise((_, reject) =>
      options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error)),
    )
    yield new Uint8Array(0)
  }
  const reader = archive.stream('f').getReader()
  const reading = reader.read()
  await vi.waitFor(() => expect(asked).toBe(1))
  await reader.cancel('enough')
  expect(await reading).toEqual({ done: true, value: undefined })
})

it('what bytes() gives is memory of its own, no larger than the data', async () => {
  const tree = [1, 6, 511, 70_000, 2_000_000].map((size) => ({ path: `f${size}`, data: sampleBytes(size) }))
  await using archive = await open(await buildArchive(tree))
  for (const { path, data } of tree) {
    const bytes = await archive.bytes(path)
    expectBytes(bytes, data)
    expect(bytes.buffer.byteLength).toBe(data.length)
    expect((await archive.bytes(path, { start: 1 })).length).toBe(data.length - 1)
  }
})

it('a member that unfolds far beyond its size is refused on the way', async () => {
  const bomb = member(new Uint8Array(50_000_000))
  const listing = `bomb\troot#0\troot#0\t420\tfile\t0\t60000\t0:1:0:0\tcsize=${bomb.length}\n\n`
  await using archive = await open(craftArchive({ before: bomb, listing, info: { format: '2' } }))
  await expect(archive.bytes('bomb')).rejects.toThrow(/holds more than 60416 bytes/)
  const large = listing.replace('60000', '2000000')
  await using other = await open(craftArchive({ before: bomb, listing: large, info: { format: '2' } }))
  let given = 0
  const reading = (async () => {
    const reader = other.stream('bomb').getReader()
    for (let step = await reader.read(); !step.done; step = await reader.read()) given += step.value.length
  })()
  await expect(reading).rejects.toThrow(IntegrityError)
  expect(given).toBeLessThanOrEqual(2_000_000)
})

it('a listing that is not kept is fetched once to read one file by its path', async () => {
  const tree = Array.from({ length: 3000 }, (_, i) => ({ path: `f${i}`, data: `data ${i}` }))
  const counter = withCounter(new MemorySource(await buildArchive(tree)))
  await using archive = await openArchive(counter, { tailBytes: 1024, residentListingBytes: 0 })
  expect(await archive.text('f1500')).toBe('data 1500')
  expect(counter.requests).toBe(3)
})

it('verifying thousands of small files takes few requests and reads little twice', async () => {
  const tree = Array.from({ length: 3000 }, (_, i) => ({ path: `f${i}`, data: `data ${i}` }))
  const bytes = await buildArchive(tree)
  const counter = withCounter(new MemorySource(bytes))
  await using archive = await openArchive(counter)
  expect(await archive.verify()).toMatchObject({ ok: true, entryCount: 3000 })
  expect(counter.requests).toBeLessThan(6)
  expect(counter.bytes).toBeLessThan(bytes.length * 1.5)
})

describe('verify', () => {
  const verify = async (bytes: Uint8Array): Promise<{ ok: boolean; messages: string[] }> => {
    await using archive = await open(bytes)
    const { ok, problems } = await archive.verify()
    return { ok, messages: problems.map(({ message }) => message) }
  }
  const dir = (path: string): string => `${path}\troot#0\troot#0\t493\tdir\n`
  const hard = (path: string, target: string): string => `${path}\troot#0\troot#0\t493\thard\t${target}\n`

  it('finds what stands in the tar behind the last entry', async () => {
    const bytes = await buildArchive([{ path: 'f', data: 'data' }])
    await using archive = await open(bytes)
    const { listingOffset } = archive.tail
    const evil = encodeTarHeader({
      pathBytes: Buffer.from('evil'),
      ...{ type: 'directory', mode: 0o755, uid: 0, gid: 0, userName: '', groupName: '' },
      ...{ mtime: { seconds: 0, nanoseconds: 0 }, sizeBytes: 0, linkBytes: new Uint8Array(0) },
    })
    const inserted = concatBytes([bytes.subarray(0, listingOffset), member(evil), bytes.subarray(listingOffset)])
    const { ok, messages } = await verify(inserted)
    expect(ok).toBe(false)
    expect(messages.length).toBeGreaterThan(0)
  })

  it.each([
    ['paths with a leading ./', craftArchive({ listing: `${dir('./x')}${dir('./x/y')}\n` })],
    ['a hardlink to ./a', craftArchive({ listing: `${dir('a')}${hard('b', './a')}\n` })],
  ])('has nothing against %s', async (_, bytes) => {
    expect(await verify(bytes)).toEqual({ ok: true, messages: [] })
  })

  it('finds hardlinks to themselves and to each other', async () => {
    const { ok, messages } = await verify(craftArchive({ listing: `${hard('a', 'a')}${hard('b', 'a')}\n` }))
    expect([ok, messages.length]).toEqual([false, 2])
  })

  it.each([
    ['devices', { type: 'char', device: { major: 1, minor: 3 } }, { type: 'char', device: { major: 8, minor: 0 } }],
    [
      'attributes',
      { xattrs: new Map([['user.x', Buffer.from('a')]]) },
      { xattrs: new Map([['user.x', Buffer.from('b')]]) },
    ],
  ] as const)('finds %s that differ between listing and tar', async (_, inTar, inListing) => {
    const [tar, listed] = await Promise.all(
      [inTar, inListing].map((more) => buildArchive([{ path: 'f', mode: 0o644, ...more }], { level: 0 })),
    )
    if (!tar || !listed) throw new Error('no archives')
    await using a = await open(tar)
    await using b = await open(listed)
    const mixed = concatBytes([tar.subarray(0, a.tail.listingOffset), listed.subarray(b.tail.listingOffset)])
    const { ok, messages } = await verify(mixed)
    expect(ok).toBe(false)
    expect(messages).toEqual([expect.stringMatching(/listing and tar disagree/)])
  })

  it('finds attributes that are no base64', async () => {
    const { ok, messages } = await verify(craftArchive({ listing: `${dir('d').trimEnd()}\tx.user.a=@@@@@\n\n` }))
    expect([ok, messages]).toEqual([false, [expect.stringMatching(/no base64/)]])
  })
})
