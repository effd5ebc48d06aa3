/** Recorded digests: one by a read of 32 bytes, all in one pass, and errors where the section is not what it should be. */
import { createHash } from 'node:crypto'
import {
  type Archive,
  type ByteSource,
  EntryNotFoundError,
  FormatError,
  IntegrityError,
  MemorySource,
  openArchive,
  withCounter,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { DigestBuilder, digestCount, digestOffset } from '../../src/tail/digest-section.ts'
import { sampleBytes } from '../gzip/samples.ts'
import { buildArchive, SMALL_TREE } from '../write/build-archive.ts'
import { collect } from './collect.ts'
import { craftArchive, member } from './craft-archive.ts'

const open = (bytes: Uint8Array): Promise<Archive> => openArchive(new MemorySource(bytes))
const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex')
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

it('files have that of their data, empty ones that of nothing, all others none', async () => {
  await using archive = await open(await buildArchive(SMALL_TREE))
  expect(archive.hasDigests).toBe(true)
  for (const digests of [false, true])
    for await (const entry of archive.entries({ digests })) {
      const expected = entry.type === 'file' ? sha256(await entry.bytes()) : undefined
      expect(hex(await entry.digest()), entry.path).toBe(expected)
    }
})

it('of large files, of known and unknown size, and of such as were cut or filled', async () => {
  const data = sampleBytes(2_500_000)
  const tree = [
    { path: 'known', data },
    { path: 'unknown', data: [data.subarray(0, 999), data.subarray(999)] },
    { path: 'cut', sizeBytes: 1000, data },
    { path: 'filled', sizeBytes: data.length + 10, data: [data] },
  ]
  await using archive = await open(await buildArchive(tree))
  for await (const entry of archive.entries()) expect(hex(await entry.digest())).toBe(sha256(await entry.bytes()))
})

it('a pass that is left, or ends, leaves no read open', async () => {
  const inner = new MemorySource(await buildArchive(SMALL_TREE))
  let openStreams = 0
  const source: ByteSource = {
    name: 'memory',
    readTail: (lengthBytes, options) => inner.readTail(lengthBytes, options),
    read: (offset, lengthBytes, options) => inner.read(offset, lengthBytes, options),
    async *stream(offset, lengthBytes, options) {
      openStreams += 1
      try {
        yield* inner.stream(offset, lengthBytes, options)
      } finally {
        openStreams -= 1
      }
    },
    close: () => inner.close(),
  }
  await using archive = await openArchive(source, { tailBytes: 39, residentListingBytes: 0 })
  const seen: number[] = []
  for await (const _ of archive.entries({ digests: true })) {
    seen.push(openStreams)
    break
  }
  seen.push(openStreams)
  const stop = new AbortController()
  const verifying = archive.verify({ signal: stop.signal, onProgress: () => stop.abort(new Error('stop')) })
  await expect(verifying).rejects.toThrow('stop')
  expect([...seen, openStreams]).toEqual([2, 0, 0])
})

it('read along are checked, also where their checksum comes apart from the last of them', async () => {
  const count = 4095
  const digests = new DigestBuilder()
  for (let i = 0; i < count; i += 1) digests.add(new Uint8Array(32).fill(i))
  const section = concatBytes(digests.member())
  section[2000] = (section[2000] ?? 0) ^ 1
  const lines = Array.from({ length: count }, (_, i) => `f${i}\t#0\t#0\t420\tfifo\n`)
  const info = { format: '2', sections: 'digest', digest_size: String(section.length) }
  const source = new MemorySource(craftArchive({ before: section, listing: `${lines.join('')}\n`, info }))
  await using archive = await openArchive(source, { tailBytes: 39 })
  await expect(collect(archive.entries({ digests: true }))).rejects.toThrow(IntegrityError)
})

it('one is had by a path, as of an entry', async () => {
  await using archive = await open(await buildArchive(SMALL_TREE))
  for await (const entry of archive.entries())
    expect(await archive.digest(entry.path)).toEqual(await archive.digest(entry))
  expect(hex(await archive.digest('./d/text'))).toBe(sha256(await archive.bytes('d/text')))
  await expect(archive.digest('d/none')).rejects.toThrow(EntryNotFoundError)
})

it('are none where they were not wanted', async () => {
  await using archive = await open(await buildArchive(SMALL_TREE, { digest: 'none' }))
  expect([archive.hasDigests, archive.tail.sections]).toEqual([false, []])
  expect(await (await archive.get('d/text')).digest()).toBeUndefined()
  expect((await collect(archive.entries({ digests: true }))).length).toBe(SMALL_TREE.length)
})

it('one costs a read of 32 bytes, all of them one pass', async () => {
  const source = withCounter(new MemorySource(await buildArchive(SMALL_TREE)))
  await using archive = await openArchive(source, { tailBytes: 39 })
  const entry = await archive.get('d/text')
  const section = archive.tail.sections.find(({ name }) => name === 'digest')
  const offset = section?.offset ?? 0
  const before = source.requests
  await entry.digest()
  expect(source.log.slice(before)).toEqual([{ offset: offset + digestOffset(2), lengthBytes: 32 }])
  for await (const each of archive.entries({ digests: true })) await each.digest()
  const ofSection = source.log.slice(before + 1).filter((range) => range.offset === offset)
  expect(ofSection).toEqual([{ offset, lengthBytes: section?.packedBytes }])
})

it('come with the entries of a folder', async () => {
  await using archive = await open(await buildArchive(SMALL_TREE))
  const [text] = (await collect(archive.entries({ under: 'd/text', digests: true }))).values()
  expect(hex(text?.place.digest)).toBe(sha256(Buffer.from('one line\n'.repeat(60))))
})

it.each([0, 1, 2046, 2047, 2048, 4094, 4095])('the length of a section of %i tells how many it has', (count) => {
  const builder = new DigestBuilder()
  for (let line = 0; line < count; line += 1) builder.add(undefined)
  const { length } = concatBytes(builder.member())
  expect(digestCount(length)).toBe(count)
  for (const more of [-31, -1, 1, 31]) expect(digestCount(length + more)).toBeUndefined()
})

describe('sections that are not what they should be', () => {
  const listing = 'a\t#0\t#0\t420\tfile\t0\t0\nb\t#0\t#0\t420\tfile\t0\t0\n\n'
  const withSection = (section: Uint8Array): Promise<Archive> => {
    const info = { format: '2', sections: 'digest', digest_size: String(section.length) }
    return open(craftArchive({ before: section, listing, info }))
  }
  const stored = (count: number): Uint8Array => {
    const builder = new DigestBuilder()
    for (let line = 0; line < count; line += 1) builder.add(createHash('sha256').digest())
    return concatBytes(builder.member())
  }
  const problems = async (archive: Archive): Promise<unknown[]> =>
    (await archive.verify()).problems.map(({ message }) => message)

  it('right as they should be, they are', async () => {
    await using archive = await withSection(stored(2))
    expect(hex(await (await archive.get('b')).digest())).toBe(sha256(Buffer.alloc(0)))
  })

  it('deflated, no digest is made up of it', async () => {
    await using archive = await withSection(member(new Uint8Array(64)))
    await expect((await archive.get('b')).digest()).rejects.toThrow(FormatError)
  })

  it('too short', async () => {
    await using archive = await withSection(stored(1))
    await expect((await archive.get('b')).digest()).rejects.toThrow(/1 digests, none for line 1/)
    expect(await problems(archive)).toContain('the digest section has fewer digests than the listing has lines')
  })

  it('too long', async () => {
    await using archive = await withSection(stored(3))
    expect(await problems(archive)).toContain('the digest section has more digests than the listing has lines')
  })

  it('with a wrong checksum: a pass fails at its end', async () => {
    const section = stored(2).slice()
    section[section.length - 8] = (section[section.length - 8] ?? 0) ^ 1
    await using archive = await withSection(section)
    await expect(collect(archive.entries({ digests: true }))).rejects.toThrow(IntegrityError)
    await expect(collect(archive.entries())).resolves.toHaveLength(2)
  })

  it('damaged: verification finds it, entries and data are right', async () => {
    const bytes = (await buildArchive(SMALL_TREE)).slice()
    await using sound = await open(bytes.slice())
    const at = (sound.tail.sections[0]?.offset ?? 0) + digestOffset(2)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await using archive = await open(bytes)
    expect(await archive.text('d/text')).toBe('one line\n'.repeat(60))
    const { problems: found, entryCount, dataBytes } = await archive.verify()
    expect([entryCount, dataBytes]).toEqual([SMALL_TREE.length, 846])
    expect(found).toEqual([{ code: 'integrity', message: expect.stringMatching(/^CRC-32/) }])
  })

  it('of other data: verification says whose', async () => {
    const bytes = (await buildArchive(SMALL_TREE)).slice()
    await using sound = await open(bytes.slice())
    const builder = new DigestBuilder()
    for await (const entry of sound.entries({ digests: true })) {
      const { digest } = entry.place
      builder.add(entry.path === 'd/text' ? digest?.toReversed() : digest)
    }
    bytes.set(concatBytes(builder.member()), sound.tail.sections[0]?.offset)
    await using archive = await open(bytes)
    const { problems: found } = await archive.verify()
    const message = expect.stringMatching(/^"d\/text": the SHA-256 of its data is/)
    expect(found).toEqual([{ code: 'integrity', path: 'd/text', message }])
  })

  it('that cannot be unfolded hides no other damage', async () => {
    const bytes = (await buildArchive(SMALL_TREE, { level: 0 })).slice()
    await using sound = await open(bytes.slice())
    const section = (sound.tail.sections[0]?.offset ?? 0) + 10
    const data = ((await sound.get('d/tagged')).location?.offset ?? 0) + 20
    for (const at of [section, data]) bytes[at] = (bytes[at] ?? 0) ^ 6
    await using archive = await open(bytes)
    const { problems: found } = await archive.verify()
    expect(found.map(({ path }) => path)).toEqual([undefined, 'd/tagged'])
  })
})
