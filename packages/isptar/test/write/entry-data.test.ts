/** Data on its way into the writer: in pieces that can be held, and let go of whatever happens. */
import { createArchive, type EntryData, type EntryInput, MemoryTarget, StreamTarget } from 'isptar'
import { describe, expect, it } from 'vitest'
import { CHUNK_BYTES, MiB } from '../../src/limits.ts'
import { readHead } from '../../src/write/data-head.ts'
import { DataReader } from '../../src/write/entry-data.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { collect } from '../read/collect.ts'

const SIGNAL = new AbortController().signal

describe('pieces', () => {
  const whole = sampleBytes(3 * MiB + 1)
  const forms: [string, EntryData][] = [
    ['bytes', whole],
    ['an iterable', [whole.subarray(0, 2 * MiB), new Uint8Array(0), whole.subarray(2 * MiB)]],
    ['a Blob', new Blob([new Uint8Array(whole)])],
  ]

  it.each(forms)('of %s are small, not empty and all of it', async (_, data) => {
    const pieces = await collect(new DataReader(data, SIGNAL))
    expectBytes(Buffer.concat(pieces), whole)
    for (const { length } of pieces) {
      expect(length).toBeGreaterThan(0)
      expect(length).toBeLessThanOrEqual(CHUNK_BYTES)
    }
  })

  it('of whole bytes are not copied', async () => {
    for (const piece of await collect(new DataReader(whole, SIGNAL))) expect(piece.buffer).toBe(whole.buffer)
  })

  it('make a head that is little longer than its limit', async () => {
    const { bytes, rest } = await readHead(new DataReader(whole, SIGNAL), 10)
    expect(bytes.length).toBe(CHUNK_BYTES)
    expectBytes(Buffer.concat([bytes, ...(rest ? await collect(rest) : [])]), whole)
  })
})

/** A stream and a generator that was begun, and whether they were ended. */
function openForms(): { name: string; data: EntryData; ended: () => boolean }[] {
  const ended = { stream: false, iterator: false, chunks: false }
  const stream = new ReadableStream<Uint8Array>({
    pull: (to) => to.enqueue(sampleBytes(1000)),
    cancel: () => {
      ended.stream = true
    },
  })
  const endless = (name: 'iterator' | 'chunks'): AsyncGenerator<Uint8Array> => {
    const iterator = (async function* () {
      try {
        while (true) yield sampleBytes(1000)
      } finally {
        ended[name] = true
      }
    })()
    void iterator.next()
    return iterator
  }
  return [
    { name: 'stream', data: stream, ended: () => ended.stream },
    { name: 'iterator', data: endless('iterator'), ended: () => ended.iterator },
    {
      name: 'watched',
      data: { chunks: endless('chunks'), changed: () => false },
      ended: () => ended.chunks,
    },
  ]
}

describe('data of a refused entry is ended', () => {
  it.each<[string, EntryInput]>([
    ['".." component', { path: '../x' }],
    ['it takes no data', { path: 'd', type: 'directory' }],
    ['mode of "f" is -1', { path: 'f', mode: -1 }],
    ['data of unknown size', { path: 'f' }],
  ])('%s', async (why, entry) => {
    for (const { name, data, ended } of openForms()) {
      const writer = createArchive(new StreamTarget(new WritableStream()))
      await expect(writer.add(entry, data)).rejects.toThrow(why)
      expect([name, ended()]).toEqual([name, true])
    }
  })

  it('a writer that takes no more', async () => {
    for (const end of ['close', 'abort'] as const) {
      const writer = createArchive(new MemoryTarget())
      await writer[end]()
      for (const { name, data, ended } of openForms()) {
        await expect(writer.add({ path: 'f' }, data)).rejects.toThrow(TypeError)
        expect([name, ended()]).toEqual([name, true])
      }
    }
  })

  it('what goes wrong in ending it does not hide why it was refused', async () => {
    const stream = new ReadableStream<Uint8Array>({
      cancel: () => {
        throw new Error('cannot be cancelled')
      },
    })
    await expect(createArchive(new MemoryTarget()).add({ path: '' }, stream)).rejects.toThrow('the path is empty')
  })
})
