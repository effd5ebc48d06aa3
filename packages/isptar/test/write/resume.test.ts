import {
  type ArchiveWriter,
  type Codec,
  createArchive,
  type FinishedSlice,
  MemorySource,
  MemoryTarget,
  openArchive,
  openSlices,
  pakoCodec,
  type ResumePoint,
  SlicedTarget,
  type SliceJournal,
} from 'isptar'
import { zlibCodec } from 'isptar/node'
import { describe, expect, it } from 'vitest'
import type { ListedLines } from '../../src/io/slice-journal.ts'
import { sampleBytes } from '../gzip/samples.ts'
import { failureOf } from '../source-suite.ts'

/** A store of slices and a journal, both in memory; they outlive the runs. */
class Memory {
  readonly slices = new Map<number, Uint8Array>()
  readonly told: number[] = []
  readonly lines: ListedLines[] = []
  point: ResumePoint | undefined
  #newLines: ListedLines[] = []

  readonly journal: SliceJournal = {
    note: async (lines) => void this.#newLines.push(lines),
    save: async (point) => {
      this.lines.push(...this.#newLines, point.checkpoint)
      this.#newLines = []
      this.point = { point, handedOver: this.point?.handedOver ?? 0 }
    },
    markHandedOver: async ({ slice }) => {
      if (this.point) this.point = { ...this.point, handedOver: slice }
    },
  }

  target(sliceBytes: number, onSlice: (slice: FinishedSlice) => void): SlicedTarget {
    this.#newLines = []
    return new SlicedTarget({
      sliceBytes,
      journal: this.journal,
      onSlice: (slice) => {
        this.told.push(slice.slice)
        onSlice(slice)
      },
      open: (slice) => {
        const memory = new MemoryTarget()
        return {
          name: `${slice}`,
          write: (bytes) => memory.write(bytes),
          abort: () => memory.abort(),
          commit: async () => {
            await memory.commit()
            this.slices.set(slice, memory.bytes())
          },
        }
      },
    })
  }
}

const FILES = [
  ['a', sampleBytes(10_000)],
  ['b', sampleBytes(1_500_000)],
  ['c', sampleBytes(30_000)],
  ['d.gz', sampleBytes(1_200_000)],
  ['e', sampleBytes(0)],
] as const

async function* listed(memory: Memory): AsyncGenerator<ListedLines, void, undefined> {
  yield* memory.lines
}

/** Writes the archive, or what an earlier call left of it. */
async function write(memory: Memory, codec: Codec, onSlice: (slice: FinishedSlice) => void): Promise<void> {
  const { point } = memory
  const target = memory.target(50_000, onSlice)
  if (point) await target.resume(point)
  const writer = createArchive(target, { codec, level: 1, seekBytes: 65_536, createdAt: new Date(0) })
  try {
    await writeFiles(writer, memory)
  } catch (error) {
    await writer.abort()
    throw error
  }
}

async function writeFiles(writer: ArchiveWriter, memory: Memory): Promise<void> {
  let from = 0
  if (memory.point) {
    const { entryCount, isComplete } = await writer.resume(listed(memory), memory.point.point.checkpoint.state)
    from = isComplete ? FILES.length : entryCount
  }
  for (const [path, bytes] of FILES.slice(from)) await writer.add({ path, mtime: new Date(0) }, bytes)
  await writer.close()
}

async function check(memory: Memory): Promise<void> {
  const parts = [...memory.slices]
    .sort(([a], [b]) => a - b)
    .map(([slice, bytes]) => ({ name: `${slice}`, sizeBytes: bytes.length, open: async () => new MemorySource(bytes) }))
  const archive = await openArchive(openSlices(parts, { name: 'all' }))
  expect(await archive.verify()).toMatchObject({ ok: true, entryCount: FILES.length, dirtyCount: 0 })
  for (const [path, bytes] of FILES) {
    const entry = await archive.find(path)
    expect(entry && Buffer.compare(await archive.bytes(entry), bytes)).toBe(0)
    if (entry && bytes.length > 600_000) {
      const part = archive.stream(entry, { start: 555_555, end: 600_000 })
      expect(
        Buffer.compare(Buffer.from(await new Response(part).arrayBuffer()), bytes.subarray(555_555, 600_000)),
      ).toBe(0)
    }
  }
  await archive.close()
}

describe('ArchiveWriter.resume', () => {
  it.each([
    ['zlib', zlibCodec],
    ['pako', pakoCodec],
  ])('goes on after any slice, inside files too, with %s', async (_, codec) => {
    const memory = new Memory()
    let runs = 0
    for (let done = false; !done; runs += 1) {
      let told = 0
      const failure = await failureOf(
        write(memory, codec, () => {
          told += 1
          if (told === 2) throw new Error('stop')
        }),
      )
      done = failure === undefined
    }
    expect(runs).toBeGreaterThan(3)
    expect(new Set(memory.told)).toEqual(new Set(memory.slices.keys()))
    await check(memory)
  })

  it('wants the rest of an open file first', async () => {
    const memory = new Memory()
    const stopped = write(memory, zlibCodec, ({ slice }) => {
      if (slice === 3) throw new Error('stop')
    })
    expect(await failureOf(stopped)).toBeDefined()
    const { point } = memory
    if (!point) throw new Error('no point')
    const target = memory.target(50_000, () => undefined)
    await target.resume(point)
    const writer = createArchive(target, { level: 1, seekBytes: 65_536 })
    const { openPath } = await writer.resume(listed(memory), point.point.checkpoint.state)
    expect(openPath && Buffer.from(openPath).toString()).toBe('b')
    expect(await failureOf(writer.add({ path: 'c' }, 'x'))).toMatchObject({
      name: 'TypeError',
      message: '"c" comes too early: first the rest of "b" is to be added',
    })
    expect(await writer.add({ path: 'b', mtime: new Date(0) }, FILES[1][1])).toMatchObject({ dirty: false })
    await writer.abort()
  })

  it('is not closed while a file is open', async () => {
    const memory = new Memory()
    const stopped = write(memory, zlibCodec, ({ slice }) => {
      if (slice === 3) throw new Error('stop')
    })
    expect(await failureOf(stopped)).toBeDefined()
    if (!memory.point) throw new Error('no point')
    const writer = createArchive(new MemoryTarget())
    await writer.resume(listed(memory), memory.point.point.checkpoint.state)
    expect(await failureOf(writer.close())).toMatchObject({ message: expect.stringContaining('the rest of "b"') })
  })

  it('refuses the state of another version', async () => {
    const writer = createArchive(new MemoryTarget())
    expect(await failureOf(writer.resume(listed(new Memory()), '{"version":99}'))).toMatchObject({ code: 'format' })
  })
})
