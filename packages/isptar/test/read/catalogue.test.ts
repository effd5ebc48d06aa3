/** Catalogues: written beside an archive, opened alone, and in place of an end that is missing (SPEC 2.4). */
import { readFileSync } from 'node:fs'
import {
  type Archive,
  createArchive,
  FormatError,
  isolateCatalogue,
  MemorySource,
  MemoryTarget,
  openArchive,
} from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { listLikeOriginal } from '../original-reader.ts'
import { SAMPLE_TIME, SMALL_TREE } from '../write/build-archive.ts'
import { describeArchive, describeEntry } from './archive-content.ts'
import { collect } from './collect.ts'

const ORIGINAL = new URL('../../../../fixtures/original/', import.meta.url)

let bytes: Uint8Array
let catalogue: Uint8Array

beforeAll(async () => {
  const [target, beside] = [new MemoryTarget(), new MemoryTarget()]
  const writer = createArchive(target, { createdAt: SAMPLE_TIME, catalogue: beside })
  for (const { data, ...entry } of SMALL_TREE) await writer.add(entry, data)
  await writer.close()
  bytes = target.bytes()
  catalogue = beside.bytes()
})

describe('alone', () => {
  it('lists what the archive lists, with digests and the same identity', async () => {
    await using archive = await openArchive(new MemorySource(bytes))
    await using listed = await openArchive(new MemorySource(catalogue))
    expect([listed.isCatalogue, archive.isCatalogue]).toEqual([true, false])
    expect(listed.identity).toBe(archive.identity)
    const [found, expected] = await Promise.all([collect(listed.entries()), collect(archive.entries())])
    expect(found.map(describeEntry)).toEqual(expected.map(describeEntry))
    const digests = await Promise.all(found.map((entry) => entry.digest()))
    expect(digests).toEqual(await Promise.all(expected.map((entry) => entry.digest())))
    expect(listLikeOriginal(catalogue).lines.length).toBe(SMALL_TREE.length)
  })

  it('gives no data, and says why', async () => {
    await using listed = await openArchive(new MemorySource(catalogue, 'a.cat'))
    await expect(listed.text('d/text')).rejects.toThrow(FormatError)
    await expect(listed.text('d/text')).rejects.toThrow(/a\.cat is an isolated catalogue/)
    expect(await listed.text('d/empty')).toBe('')
  })

  it('is the same as one that is isolated later', async () => {
    const target = new MemoryTarget()
    await using archive = await openArchive(new MemorySource(bytes))
    await isolateCatalogue(archive, target)
    expect(Buffer.compare(target.bytes(), catalogue)).toBe(0)
  })
})

describe('in place of the end', () => {
  it('the archive is read as if it were whole', async () => {
    await using whole = await openArchive(new MemorySource(bytes))
    const dataEnd = Math.min(...whole.tail.sections.map(({ offset }) => offset))
    for (const length of [bytes.length, dataEnd]) {
      const source = new MemorySource(bytes.subarray(0, length))
      await using archive = await openArchive(source, { catalogue: new MemorySource(catalogue) })
      expect(await describeArchive(archive)).toEqual(await describeArchive(whole))
      expect(archive.isCatalogue).toBe(false)
    }
  })

  it('data that is missing is an error, the rest is read', async () => {
    await using whole = await openArchive(new MemorySource(bytes))
    const { location } = await whole.get('d/tagged')
    const source = new MemorySource(bytes.subarray(0, (location?.offset ?? 0) + 5))
    await using archive = await openArchive(source, { catalogue: new MemorySource(catalogue) })
    expect(await archive.text('d/text')).toBe('one line\n'.repeat(60))
    await expect(archive.text('d/tagged')).rejects.toThrow(FormatError)
  })

  describe('that of another archive', () => {
    const another = async (): Promise<Uint8Array> => {
      const beside = new MemoryTarget()
      const writer = createArchive(new MemoryTarget(), { createdAt: SAMPLE_TIME, catalogue: beside })
      for (const { data, ...entry } of SMALL_TREE.slice(1)) await writer.add(entry, data)
      await writer.close()
      return beside.bytes()
    }

    it('is refused where the end is at hand', async () => {
      const given = { catalogue: new MemorySource(await another(), 'b.cat') }
      const error = await openArchive(new MemorySource(bytes, 'a.tgz'), given).catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(FormatError)
      expect(String(error)).toMatch(/b\.cat is the catalogue of another archive than a\.tgz/)
    })

    it('is refused for archives of the original', async () => {
      const read = (name: string): Uint8Array => readFileSync(new URL(`${name}/archive.tgz`, ORIGINAL))
      const open = (given: Uint8Array): Promise<Archive> =>
        openArchive(new MemorySource(read('plain')), { catalogue: new MemorySource(given) })
      await (await open(read('plain'))).close()
      await expect(open(read('types'))).rejects.toThrow(FormatError)
      await expect(open(catalogue)).rejects.toThrow(FormatError)
    })

    it('cannot be told where the end is cut off or damaged', async () => {
      const flipped = (fromEnd: number): Uint8Array =>
        bytes.map((b, i) => (i === bytes.length - fromEnd ? b ^ 0xff : b))
      for (const source of [bytes.subarray(0, -1), bytes.subarray(0, 700), flipped(20), flipped(35), flipped(60)]) {
        await using archive = await openArchive(new MemorySource(source), {
          catalogue: new MemorySource(await another()),
        })
        expect((await collect(archive.entries())).length).toBe(SMALL_TREE.length - 1)
      }
    })
  })

  it('closing the archive closes it', async () => {
    let closed = 0
    const watched = (given: Uint8Array): MemorySource =>
      Object.assign(new MemorySource(given), { close: async () => void (closed += 1) })
    const archive = await openArchive(watched(bytes), { catalogue: watched(catalogue) })
    await archive.close()
    expect(closed).toBe(2)
  })
})

it('is committed after the archive, and aborted with it', async () => {
  const [target, beside] = [new MemoryTarget('archive'), new MemoryTarget('catalogue')]
  const events: string[] = []
  const watched = (of: MemoryTarget): MemoryTarget =>
    Object.assign(of, {
      commit: async () => void events.push(`commit ${of.name}`),
      abort: async () => void events.push(`abort ${of.name}`),
    })
  await createArchive(watched(target), { catalogue: watched(beside) }).close()
  await createArchive(watched(target), { catalogue: watched(beside) }).abort()
  expect(events).toEqual(['commit archive', 'commit catalogue', 'abort catalogue', 'abort archive'])
})
