import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  type Archive,
  createArchive,
  EntryNotFoundError,
  FormatError,
  MemorySource,
  MemoryTarget,
  openArchive,
  type OpenOptions,
  type ServiceInfo,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { fixturePath, readExpected } from '../../../../test/original-archives.ts'
import { collect } from './collect.ts'
import { craftFiles } from './craft-archive.ts'

function openMerged(options: OpenOptions = {}): Promise<Archive> {
  return openArchive(new MemorySource(readFileSync(fixturePath('original/merged/merged.tgz')), 'merged'), options)
}

/** Paths with what their data is, links followed. */
async function contentOf(archive: Archive): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for await (const entry of archive.entries()) {
    const hasData = entry.type === 'file' || entry.type === 'hardlink'
    found.set(entry.path, hasData ? sha256(await entry.bytes()) : entry.type)
  }
  return found
}

function expectedContent(part: string): ReadonlyMap<string, string> {
  const rows = readExpected(fixturePath(`original/merged/${part}.expected.json`)).values()
  return new Map([...rows].map(({ path, type, sha256: digest }) => [path, digest ?? type]))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('an archive that the original merged', () => {
  it('names its parts', async () => {
    await using archive = await openMerged()
    expect(await archive.parts()).toEqual(['full', 'd1', 'd2'])
    expect(archive.partName).toBeUndefined()
  })

  it.each(['full', 'd1', 'd2'])('part %s is the archive that it was', async (name) => {
    await using archive = await openMerged()
    const part = await archive.part(name)
    expect(part.partName).toBe(name)
    expect(await contentOf(part)).toEqual(expectedContent(name))
    expect(await part.parts()).toEqual([])
    expect(part.entryCount).toBeUndefined()
  })

  it.each([
    ['kept in memory', {}],
    ['read anew at each pass', { residentListingBytes: 0, tailBytes: 39 }],
  ])('a part answers for its own entries only, its listing %s', async (_, options) => {
    await using archive = await openMerged(options)
    const part = await archive.part(1)
    expect(part.partName).toBe('d1')
    expect(await part.text('d/b')).toBe('bb2\n')
    expect(await part.find('d/gone')).toBeUndefined()
    expect(await part.find('.partname.2')).toBeUndefined()
    expect((await collect(part.entries({ under: 'd/s' }))).map(({ path }) => path)).toEqual(['d/s', 'd/s/x'])
    const entry = await part.get('d/n')
    expect((await part.entryAt(entry.place.line))?.path).toBe('d/n')
    expect(await part.entryAt(0)).toBeUndefined()
    const whole = await archive.get('d/n')
    await expect(part.bytes(whole)).rejects.toThrow(TypeError)
  })

  it('a hardlink of a part leads to the file of that part', async () => {
    await using archive = await openMerged()
    const full = await archive.part('full')
    expect(await full.bytes('d/z')).toEqual(await full.bytes('d/a'))
  })

  it('without a part named, the last entry of a path counts', async () => {
    await using archive = await openMerged()
    expect(await archive.text('d/e')).toBe('now filled\n')
    expect((await archive.get('d/l')).linkTarget).toBe('b')
  })

  it('a part is verified alone', async () => {
    await using archive = await openMerged()
    const report = await (await archive.part('d2')).verify()
    expect(report).toMatchObject({ ok: true, entryCount: 8, problems: [] })
  })

  it('a part that is not there is named, with those that are', async () => {
    await using archive = await openMerged()
    const attempt = archive.part('d3')
    await expect(attempt).rejects.toThrow(EntryNotFoundError)
    await expect(attempt).rejects.toThrow('no part "d3" in merged: it has "full", "d1", "d2"')
    await expect(archive.part(3)).rejects.toThrow('no part "3"')
  })
})

describe('an archive that was not merged', () => {
  it('has no parts, and is not read for them', async () => {
    await using archive = await openArchive(new MemorySource(craftFiles({ a: '1' })))
    expect(await archive.parts()).toEqual([])
    await expect(archive.part('a')).rejects.toThrow(', which was not merged of parts')
  })

  it("has none either where a user's links look like marks", async () => {
    await using archive = await openArchive(new MemorySource(await withMarks(['x'], new Map())))
    expect(await archive.parts()).toEqual([])
  })
})

describe('an archive of this library', () => {
  const info = (count: string): ServiceInfo => new Map([['parts_count', count]])

  it('gives digests along with the entries of a part', async () => {
    const bytes = await withMarks(['one', 'two', 'three'], info('3'))
    await using archive = await openArchive(new MemorySource(bytes))
    expect(await archive.parts()).toEqual(['one', 'two', 'three'])
    for (const name of ['one', 'two', 'three']) {
      const part = await archive.part(name)
      const [entry] = await collect(part.entries({ digests: true }))
      expect(Buffer.from((await entry?.digest()) ?? []).toString('hex')).toBe(sha256(Buffer.from(name)))
      expect(await part.verify()).toMatchObject({ ok: true, entryCount: 1, problems: [] })
    }
  })

  it('of several parts of one name the last is meant, unless its place is given', async () => {
    await using archive = await openArchive(new MemorySource(await withMarks(['x', 'y', 'x'], info('3'))))
    expect((await (await archive.part('x')).get('file')).place.line).toBe(4)
    expect((await (await archive.part(0)).get('file')).place.line).toBe(0)
  })

  it.each(['2', '4', 'many'])('is refused when it says %s parts and has 3', async (count) => {
    await using archive = await openArchive(new MemorySource(await withMarks(['a', 'b', 'c'], info(count))))
    await expect(archive.parts()).rejects.toThrow(FormatError)
    await expect(archive.parts()).rejects.toThrow(`3 marks for ${count} parts`)
  })

  it.each(['.a .b ', '.a .b .c .d ', '.a .b .x '])('is refused when it names %j and has others', async (parts) => {
    await using archive = await openArchive(
      new MemorySource(await withMarks(['a', 'b', 'c'], new Map([['parts', parts]]))),
    )
    await expect(archive.part('c')).rejects.toThrow(`3 marks for ${JSON.stringify(parts)} parts`)
  })

  it('is refused when entries follow the last mark, which would be in no part', async () => {
    const bytes = craftFiles({ a: '1', b: '2' }, undefined, { info: { parts: '.x ' } })
    await using archive = await openArchive(new MemorySource(bytes))
    await expect(archive.parts()).rejects.toThrow('2 lines behind the last')
  })

  it('a mark out of turn is an entry', async () => {
    const lines = ['.partname.2\t#0\t#0\t384\tlink\t.two', '.partname.1\t#0\t#0\t384\tlink\t.one', '', '']
    const bytes = craftFiles({}, undefined, { listing: lines.join('\n'), info: { parts: '.one ' } })
    await using archive = await openArchive(new MemorySource(bytes))
    expect(await archive.parts()).toEqual(['one'])
    expect((await collect((await archive.part('one')).entries())).map(({ path }) => path)).toEqual(['.partname.2'])
  })
})

/** A file a part, whose data is the part's name. */
async function withMarks(names: readonly string[], serviceInfo: ServiceInfo): Promise<Uint8Array> {
  const target = new MemoryTarget()
  const writer = createArchive(target, { serviceInfo })
  for (const [index, name] of names.entries()) {
    await writer.add({ path: 'file' }, name)
    await writer.add({ path: `.partname.${index + 1}`, type: 'symlink', linkTarget: `.${name}` })
  }
  await writer.close()
  return target.bytes()
}
