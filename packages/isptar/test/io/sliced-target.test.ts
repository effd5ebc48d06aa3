import { createHash } from 'node:crypto'
import {
  CommandError,
  createArchive,
  type FinishedSlice,
  MemorySource,
  MemoryTarget,
  openArchive,
  openSlices,
  SlicedTarget,
  StorageError,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { sampleBytes } from '../gzip/samples.ts'
import { failureOf } from '../source-suite.ts'
import { targetSuite } from '../target-suite.ts'

const MIN = 4096

/** A sliced target in memory, and all that happened to it. */
function sliced(sliceBytes = MIN, onSlice?: (slice: FinishedSlice) => Promise<void> | void) {
  const stored: Uint8Array[] = []
  const events: string[] = []
  const told: FinishedSlice[] = []
  const target = new SlicedTarget({
    sliceBytes,
    name: 'all',
    open: (slice) => {
      events.push(`open ${slice}`)
      const memory = new MemoryTarget(`all.${slice}`)
      return {
        name: memory.name,
        write: (bytes) => memory.write(bytes),
        abort: async () => {
          events.push(`abort ${slice}`)
          await memory.abort()
        },
        commit: async (isLast) => {
          events.push(`commit ${slice}${isLast ? ' last' : ''}`)
          await memory.commit()
          stored.push(memory.bytes())
        },
      }
    },
    onSlice: async (slice) => {
      events.push(`tell ${slice.slice}`)
      told.push(slice)
      await onSlice?.(slice)
    },
  })
  return { target, stored, events, told }
}

let made: ReturnType<typeof sliced> | undefined
targetSuite({
  name: 'SlicedTarget',
  make: () => {
    made = sliced()
    return made.target
  },
  stored: async () =>
    made?.events.some((event) => event.endsWith('last')) ? new Uint8Array(Buffer.concat(made.stored)) : undefined,
})

describe('SlicedTarget', () => {
  it.each([1, 100, MIN - 1, MIN, MIN + 1, 10_000])(
    'cuts to the byte, whatever it is given at once: %i',
    async (step) => {
      const data = sampleBytes(3 * MIN + 17)
      const { target, stored, told } = sliced()
      for (let at = 0; at < data.length; at += step) await target.write(data.subarray(at, at + step))
      await target.commit()
      expect(stored.map((slice) => slice.length)).toEqual([MIN, MIN, MIN, 17])
      expect(Buffer.concat(stored).equals(data)).toBe(true)
      expect(told).toEqual(
        stored.map((slice, index) => ({
          slice: index + 1,
          name: `all.${index + 1}`,
          sizeBytes: slice.length,
          sha256: createHash('sha256').update(slice).digest('hex'),
          isLast: index === 3,
        })),
      )
      expect(target.finishedSlices).toBe(4)
    },
  )

  it('finishes a slice only when more follows, and tells of it before the next is opened', async () => {
    const { target, events } = sliced()
    await target.write(new Uint8Array(MIN))
    expect(events).toEqual(['open 1'])
    await target.write(new Uint8Array(MIN))
    expect(events).toEqual(['open 1', 'commit 1', 'tell 1', 'open 2'])
    await target.commit()
    expect(events.slice(4)).toEqual(['commit 2 last', 'tell 2'])
  })

  it('waits for what is told', async () => {
    let release = (): void => {}
    const { target, events } = sliced(MIN, () => new Promise<void>((resolve) => (release = resolve)))
    await target.write(new Uint8Array(MIN))
    const writing = target.write(new Uint8Array(1))
    await new Promise((resolve) => setImmediate(resolve))
    expect(events.at(-1)).toBe('tell 1')
    release()
    await writing
    expect(events.at(-1)).toBe('open 2')
    await target.abort()
  })

  it('ends a slice early, but makes no empty ones', async () => {
    const { target, stored } = sliced()
    await target.cut()
    await target.write(new Uint8Array(10))
    await target.cut()
    await target.cut()
    await target.write(new Uint8Array(20))
    await target.cut()
    await target.commit()
    expect(stored.map((slice) => slice.length)).toEqual([10, 20])
  })

  it('keeps finished slices when it is aborted, and only those', async () => {
    const { target, events } = sliced()
    await target.write(new Uint8Array(2 * MIN + 1))
    await target.abort()
    await target.abort()
    expect(events.filter((event) => event.startsWith('abort'))).toEqual(['abort 3', 'abort 3'])
    expect(target.finishedSlices).toBe(2)
  })

  it('says which slices are whole when telling fails', async () => {
    const cause = new Error('no route to host')
    const { target } = sliced(MIN, ({ slice }) => {
      if (slice === 3) throw cause
    })
    const error = await failureOf(target.write(new Uint8Array(4 * MIN)))
    expect(error).toMatchObject({ code: 'storage', location: 'all.3', operation: 'hand over', cause })
    expect(error).toMatchObject({ message: expect.stringContaining('no route to host; slices 1 to 3 are whole') })
    expect(await failureOf(target.write(new Uint8Array(1)))).toMatchObject({ kind: 'closed' })
  })

  it('says so of the last slice, which makes the archive whole', async () => {
    const { target } = sliced(MIN, () => Promise.reject(new Error('down')))
    await target.write(new Uint8Array(1))
    expect(await failureOf(target.commit())).toMatchObject({
      message: 'slice 1 (all.1) was not handed over: down; slice 1 is whole and no more are needed',
    })
  })

  it('the failure of a command stays one', async () => {
    const cause = new CommandError('the command failed with exit code 3: put', { command: 'put', exitCode: 3 })
    const { target } = sliced(MIN, () => Promise.reject(cause))
    const error = await failureOf(target.write(new Uint8Array(2 * MIN)))
    expect(error).toBeInstanceOf(CommandError)
    expect(error).toMatchObject({
      message: `slice 1 (all.1) was not handed over: ${cause.message}; slice 1 is whole`,
      command: 'put',
      exitCode: 3,
      cause,
    })
  })

  it('says so when a slice cannot be written', async () => {
    const target = new SlicedTarget({
      sliceBytes: MIN,
      open: (slice) => {
        const memory = new MemoryTarget(`all.${slice}`)
        const torn = new StorageError('cannot write all.2: torn', {
          operation: 'write',
          location: 'all.2',
          kind: 'full',
        })
        return slice === 1
          ? memory
          : { name: memory.name, write: () => Promise.reject(torn), commit: async () => {}, abort: async () => {} }
      },
    })
    const error = await failureOf(target.write(new Uint8Array(2 * MIN)))
    expect(error).toMatchObject({ kind: 'full', message: 'cannot write all.2: torn; slice 1 is whole' })
  })

  it.each([0, 4095, 4096.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'takes slices of %d bytes for misuse',
    (sliceBytes) => {
      expect(() => new SlicedTarget({ sliceBytes, open: () => new MemoryTarget() })).toThrow(RangeError)
    },
  )

  it.each([MIN, 5000, 65_536, 10_000_000])(
    'makes archives that are read, their tail in one slice: %i',
    async (sliceBytes) => {
      const { target, stored } = sliced(sliceBytes)
      const writer = createArchive(target, { level: 1 })
      for (const [name, size] of [
        ['a', 10],
        ['b', 300_000],
        ['c', 3 * MIN],
        ['d', 0],
      ] as const)
        await writer.add({ path: name, mtime: new Date(0) }, sampleBytes(size))
      const { sizeBytes } = await writer.close()
      expect(stored.reduce((sum, slice) => sum + slice.length, 0)).toBe(sizeBytes)
      for (const slice of stored.slice(0, -2)) expect(slice.length).toBe(sliceBytes)
      const source = openSlices(
        stored.map((slice, k) => ({
          name: `${k}`,
          sizeBytes: slice.length,
          open: async () => new MemorySource(slice),
        })),
        { name: 'all' },
      )
      const archive = await openArchive(source)
      const report = await archive.verify()
      expect(report).toMatchObject({ ok: true, entryCount: 4 })
      const entry = await archive.find('c')
      expect(entry && Buffer.from(await archive.bytes(entry)).equals(sampleBytes(3 * MIN))).toBe(true)
      await archive.close()
    },
  )
})
