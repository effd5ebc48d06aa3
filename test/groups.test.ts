/**
 * Archives with groups of small files: stock tools read them whole; damaged, cut, or on a store that fails, they give what
 * is right or an error of this library.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Archive, type ByteSource, isIsptarError, MemorySource, openArchive, StorageError } from 'isptar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needs } from '../packages/isptar/test/node/needs.ts'
import { describeArchive, readDamaged } from '../packages/isptar/test/read/archive-content.ts'
import { bytesOf, craftGroups } from '../packages/isptar/test/read/craft-groups.ts'
import { STOCK_READERS } from '../packages/isptar/test/tar/stock-readers.ts'
import { buildArchive, SMALL_TREE } from '../packages/isptar/test/write/build-archive.ts'

/** Files in two groups with what has no data, and headers that were left over. */
const small = craftGroups(SMALL_TREE, { groupBytes: 3000 }).bytes
const open = (bytes: Uint8Array): Promise<Archive> => openArchive(new MemorySource(bytes))

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-groups-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('the archive has several members before its tail, of which groups are', async () => {
  const { offsets } = craftGroups(SMALL_TREE, { groupBytes: 3000 })
  expect(offsets).toHaveLength(3)
  await using archive = await open(small)
  expect((await archive.get('d/tagged')).location?.plainOffset).toBeGreaterThan(0)
})

describe('damage', () => {
  it('cut anywhere at either end, it gives nothing wrong', async () => {
    const sound = await describeArchive(await open(small))
    for (let place = 1; place < small.length; place += 1) {
      expect(await readDamaged(() => open(small.subarray(0, place)), sound), `${place} bytes`).toBe('refused')
      expect(await readDamaged(() => open(small.subarray(place)), sound), `from ${place}`).toBe('refused')
    }
  })

  it('any bit flipped, what is read is right or refused', async () => {
    const sound = await describeArchive(await open(small))
    const outcomes = { refused: 0, right: 0, noticed: 0 }
    for (let bit = 0; bit < small.length * 8; bit += 1)
      outcomes[await readDamaged(() => open(flipped(bit)), sound)] += 1
    expect(outcomes.refused).toBeGreaterThan(outcomes.right)
  })

  it('any bit flipped, verification finds it unless it changes nothing of what the archive unfolds to', async () => {
    const sound = gunzipSync(small)
    const outcomes = { found: 0, harmless: 0 }
    for (let bit = 0; bit < small.length * 8; bit += 3) {
      const damaged = flipped(bit)
      if (await isFound(damaged)) outcomes.found += 1
      else {
        outcomes.harmless += 1
        expect(Buffer.compare(gunzipSync(damaged), sound), `bit ${bit & 7} of byte ${bit >> 3}`).toBe(0)
      }
    }
    expect(outcomes.found).toBeGreaterThan(10 * outcomes.harmless)
  })
})

function flipped(bit: number): Uint8Array {
  const damaged = small.slice()
  damaged[bit >> 3] = (small[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return damaged
}

async function isFound(bytes: Uint8Array): Promise<boolean> {
  try {
    return !(await (await open(bytes)).verify()).ok
  } catch (error) {
    if (!isIsptarError(error)) throw error
    return true
  }
}

describe('a store of which the nth read fails', () => {
  it.each(['once', 'and all after it'])('%s: right, or an error of this library', async (often) => {
    const sound = await describeArchive(await open(small))
    let calls = 0
    for (let n = 1; calls === 0; n += 1) {
      const source = new FailingSource((call) => (often === 'once' ? call === n : call >= n))
      const outcome = await readDamaged(() => openArchive(source, { tailBytes: 39 }), sound)
      expect(outcome, `call ${n}`).toBe(source.calls < n ? 'right' : 'refused')
      if (source.calls < n) calls = source.calls
    }
    expect(calls).toBeGreaterThan(4)
  })

  it('is asked again at the next try', async () => {
    const source = new FailingSource((call) => call === 5)
    await using archive = await openArchive(source, { tailBytes: 39, residentListingBytes: 0 })
    const tries: string[] = []
    for (let i = 0; i < 3; i += 1) tries.push(await archive.text('d/tagged').catch(() => 'failed'))
    expect(tries.filter((text) => text !== 'tagged').length).toBeLessThan(2)
    expect(tries.at(-1)).toBe('tagged')
  })
})

class FailingSource implements ByteSource {
  readonly name = 'failing'
  readonly #source = new MemorySource(small)
  readonly #fails: (call: number) => boolean
  calls = 0

  constructor(fails: (call: number) => boolean) {
    this.#fails = fails
  }

  readTail(lengthBytes: number): ReturnType<ByteSource['readTail']> {
    this.#call()
    return this.#source.readTail(lengthBytes)
  }

  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    this.#call()
    return this.#source.read(offset, lengthBytes)
  }

  async *stream(offset: number, lengthBytes: number): AsyncIterable<Uint8Array> {
    this.#call()
    yield* this.#source.stream(offset, lengthBytes)
  }

  async close(): Promise<void> {}

  #call(): void {
    this.calls += 1
    if (!this.#fails(this.calls)) return
    const details = { operation: 'read', location: this.name, kind: 'connection', retryable: true } as const
    throw new StorageError(`call ${this.calls} fails`, details)
  }
}

const MAKERS = {
  crafted: async () => small,
  written: () => buildArchive(SMALL_TREE, { groupBytes: 3000 }),
}
const ROWS = STOCK_READERS.flatMap((reader) => Object.entries(MAKERS).map(([made, make]) => ({ reader, made, make })))

describe.each(ROWS)('$reader.name, an archive that was $made', ({ reader, make }) => {
  it('lists every entry', async ({ skip }) => {
    needs(skip, reader.present(), `${reader.name} is not installed`)
    const file = join(folder, reader.name)
    const bytes = await make()
    writeFileSync(file, reader.name === 'GNU tar' || reader.name === 'bsdtar' ? bytes : gunzipSync(bytes))
    const paths = (await reader.read(file)).map(({ path }) => Buffer.from(path, 'hex').toString())
    expect(paths.sort()).toEqual([...SMALL_TREE.map(({ path }) => String(path)), '.backup.info'].sort())
  })
})

describe.each([
  { command: 'tar', args: ['--warning=no-timestamp', '--exclude=d/null', '-xzf'] },
  { command: 'bsdtar', args: ['--exclude=d/null', '-xf'] },
])('$command', ({ command, args }) => {
  it('unpacks every file', ({ skip }) => {
    needs(skip, spawnSync(command, ['--version']).status === 0, `${command} is not installed`)
    const archive = join(folder, `${command}.tgz`)
    const target = join(folder, `${command}.unpacked`)
    writeFileSync(archive, small)
    mkdirSync(target)
    execFileSync(command, [...args, archive, '-C', target])
    const files = SMALL_TREE.filter(({ type = 'file' }) => type === 'file')
    const unpacked = files.map(({ path }) => readFileSync(join(target, String(path))))
    expect(unpacked).toEqual(files.map(({ data }) => Buffer.from(bytesOf(data))))
  })
})
