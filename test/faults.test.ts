/**
 * Stores that fail or lie: every read and every write that can go wrong, one after the other. What comes out is right,
 * or it is an error of this library; and an archive that could not be written whole never appears.
 */
import { readFileSync } from 'node:fs'
import { createArchive, isIsptarError, MemorySource, MemoryTarget, openArchive, StorageError } from 'isptar'
import type { Archive, ByteSource, OpenOptions, ReadOptions, TailBytes, Target } from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeArchive, describeEntry, readDamaged } from '../packages/isptar/test/read/archive-content.ts'
import { collect } from '../packages/isptar/test/read/collect.ts'
import { buildArchive, SAMPLE_TIME, SMALL_TREE } from '../packages/isptar/test/write/build-archive.ts'
import { fixturePath } from './original-archives.ts'

let small: Uint8Array
const plain = new Uint8Array(readFileSync(fixturePath('original/plain/archive.tgz')))

beforeAll(async () => {
  small = await buildArchive(SMALL_TREE)
})

const open = (bytes: Uint8Array, options?: OpenOptions): Promise<Archive> =>
  openArchive(new MemorySource(bytes), options)

/** What a call of a faulty source does instead of what it was asked for. */
type Fault = 'fails' | 'fails midway' | 'is short' | 'is long'

/** A source of which the nth call, and perhaps every later one, goes wrong. */
class FaultySource implements ByteSource {
  readonly name = 'faulty'
  readonly #source: ByteSource
  readonly #fault: Fault
  readonly #isFaulty: (call: number) => boolean
  calls = 0

  constructor(source: ByteSource, fault: Fault, isFaulty: (call: number) => boolean) {
    this.#source = source
    this.#fault = fault
    this.#isFaulty = isFaulty
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    const faulty = this.#call()
    const tail = await this.#source.readTail(lengthBytes, options)
    return faulty ? { ...tail, bytes: this.#spoil(tail.bytes) } : tail
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    const faulty = this.#call()
    const bytes = await this.#source.read(offset, lengthBytes, options)
    return faulty ? this.#spoil(bytes) : bytes
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    const faulty = this.#call()
    for await (const chunk of this.#source.stream(offset, lengthBytes, options)) {
      yield faulty && this.#fault !== 'fails midway' ? this.#spoil(chunk) : chunk.subarray(0, chunk.length >> 1)
      if (faulty) this.#spoil(chunk)
      else yield chunk.subarray(chunk.length >> 1)
    }
  }

  async close(): Promise<void> {
    await this.#source.close()
  }

  #call(): boolean {
    this.calls += 1
    const faulty = this.#isFaulty(this.calls)
    if (faulty && this.#fault === 'fails') throw this.#failure()
    return faulty
  }

  #spoil(bytes: Uint8Array): Uint8Array {
    if (this.#fault === 'fails midway') throw this.#failure()
    if (this.#fault === 'is short') return bytes.subarray(0, -1)
    const longer = new Uint8Array(bytes.length + 1)
    longer.set(bytes)
    return longer
  }

  #failure(): StorageError {
    const details = { operation: 'read', location: this.name, kind: 'connection', retryable: true } as const
    return new StorageError(`call ${this.calls} fails`, details)
  }
}

describe('a source that goes wrong', () => {
  const archives = { ours: () => small, original: () => plain }
  const sizes = [{ tailBytes: 700 }, { tailBytes: 39, residentListingBytes: 0 }]
  const faults: readonly Fault[] = ['fails', 'fails midway', 'is short', 'is long']
  const rows = Object.entries(archives).flatMap(([name, bytes]) =>
    sizes.flatMap((options) => faults.map((fault) => ({ name, bytes, options, fault }))),
  )

  it.each(rows)('$name: the nth read $fault, once ($options)', async ({ bytes, options, fault }) => {
    const calls = await eachCall(bytes(), options, fault, (n) => (call) => call === n)
    expect(calls).toBeGreaterThan(3)
  })

  it.each(rows)('$name: the nth read $fault, and all after it ($options)', async ({ bytes, options, fault }) => {
    const calls = await eachCall(bytes(), options, fault, (n) => (call) => call >= n)
    expect(calls).toBeGreaterThan(3)
  })

  it('that failed once is read right at the next try', async () => {
    const source = new FaultySource(new MemorySource(small), 'fails', (call) => call % 5 === 4)
    await using archive = await openArchive(source, { tailBytes: 39, residentListingBytes: 0 })
    const persist = async <T>(task: () => Promise<T>): Promise<T> => {
      for (let tries = 0; tries < 9; tries += 1) {
        try {
          return await task()
        } catch (error) {
          expect(error).toBeInstanceOf(StorageError)
        }
      }
      return task()
    }
    const text = await persist(() => archive.text('d/text'))
    expect(text).toBe('one line\n'.repeat(60))
    const first = await persist(async () => (await archive.entries().next()).value?.path)
    expect(first).toBe('d')
  })
})

describe('lookups, parts and digests from a source that goes wrong', () => {
  const heavy = new Map([['user.heavy', noise(24_000)]])
  const large = noise(20_000)
  let seekable: Uint8Array

  beforeAll(async () => {
    const names = Array.from({ length: 9 }, (_, i) => ({ path: `d/f${i}`, data: `${i}`, xattrs: heavy }))
    seekable = await buildArchive([{ path: 'd/a', data: large }, ...names], { seekBytes: 4096 })
  })

  /** All that is asked of the archive, each as text. */
  const questions: readonly ((archive: Archive) => Promise<unknown>)[] = [
    async (archive) => (await archive.find('d/f5'))?.path,
    async (archive) => (await archive.find('d/f5x'))?.path,
    async (archive) => (await archive.entryAt(7))?.path,
    async (archive) => Buffer.from(await archive.bytes('d/a', { start: 5000, end: 13_000 })).toString('hex'),
    async (archive) => Buffer.from((await (await archive.get('d/f3')).digest()) ?? []).toString('hex'),
    async (archive) => (await collect(archive.entries({ under: 'd/f2', digests: true }))).map(describeEntry),
  ]

  const faults: readonly Fault[] = ['fails', 'fails midway', 'is short', 'is long']
  it.each(faults)('the nth read %s: right, or an error of this library', async (fault) => {
    for (const question of questions) {
      await using sound = await openArchive(new MemorySource(seekable), { tailBytes: 39 })
      const expected = await question(sound)
      let calls = 0
      for (let n = 1; calls === 0; n += 1) {
        const source = new FaultySource(new MemorySource(seekable), fault, (call) => call === n)
        const found = await openArchive(source, { tailBytes: 39 }).then(question).catch(refusal)
        expect([REFUSED, expected], `read ${n}`).toContainEqual(found)
        if (source.calls < n) calls = source.calls
      }
      expect(calls).toBeGreaterThan(3)
    }
  })
})

const REFUSED = Symbol('refused')

function refusal(error: unknown): typeof REFUSED {
  if (!isIsptarError(error)) throw error
  return REFUSED
}

/** Lets the nth call go wrong, for n = 1, 2, … until a whole run needs fewer calls; gives that number of calls. */
async function eachCall(
  bytes: Uint8Array,
  options: OpenOptions,
  fault: Fault,
  faultyFrom: (n: number) => (call: number) => boolean,
): Promise<number> {
  const sound = await describeArchive(await open(bytes))
  for (let n = 1; ; n += 1) {
    const source = new FaultySource(new MemorySource(bytes), fault, faultyFrom(n))
    const outcome = await readDamaged(() => openArchive(source, options), sound)
    if (source.calls < n) {
      expect(outcome).toBe('right')
      return source.calls
    }
    if (fault.startsWith('fails')) expect(outcome, `call ${n}`).toBe('refused')
  }
}

/** A target of which the nth call goes wrong; counts what becomes of it. */
class FaultyTarget implements Target {
  readonly name = 'faulty'
  readonly #target = new MemoryTarget()
  readonly #failingCall: number
  calls = 0
  aborts = 0
  committed = false

  constructor(failingCall: number) {
    this.#failingCall = failingCall
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#call('write')
    await this.#target.write(bytes)
  }

  async patch(offset: number, bytes: Uint8Array): Promise<void> {
    this.#call('patch')
    await this.#target.patch(offset, bytes)
  }

  async commit(): Promise<void> {
    this.#call('commit')
    await this.#target.commit()
    this.committed = true
  }

  async abort(): Promise<void> {
    this.aborts += 1
    await this.#target.abort()
  }

  #call(operation: string): void {
    this.calls += 1
    if (this.calls !== this.#failingCall) return
    throw new StorageError(`${operation} fails`, { operation, location: this.name, kind: 'full' })
  }
}

describe('a target that goes wrong', () => {
  it('at the nth call is aborted, whatever n, and nothing more is added', async () => {
    let calls = 0
    for (let n = 1; calls === 0; n += 1) {
      const target = new FaultyTarget(n)
      const error = await writeTree(target).catch((reason: unknown) => reason)
      if (target.calls < n) {
        expect([error, target.committed, target.aborts]).toEqual([undefined, true, 0])
        calls = target.calls
      } else {
        expect(error, `call ${n}`).toMatchObject({ code: 'storage', kind: 'full' })
        expect([target.committed, target.aborts], `call ${n}`).toEqual([false, 1])
      }
    }
    expect(calls).toBeGreaterThan(6)
  })
})

/** Writes enough for several writes and a patch; tries on after a failure, as a careless caller does. */
async function writeTree(target: Target): Promise<void> {
  const writer = createArchive(target, { createdAt: SAMPLE_TIME })
  const failures: unknown[] = []
  for (let i = 0; i < 6; i += 1) {
    const data = i === 3 ? streamOf(1_500_000) : noise(300_000)
    await writer.add({ path: `f${i}.jpg` }, data).catch((error: unknown) => failures.push(error))
  }
  await writer.close().catch((error: unknown) => failures.push(error))
  for (const later of failures.slice(1)) expect(later).toBeInstanceOf(TypeError)
  if (failures.length > 0) throw failures[0]
}

async function* streamOf(bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; left -= 100_000) yield noise(Math.min(left, 100_000))
}

function noise(length: number): Uint8Array {
  let state = length
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}
