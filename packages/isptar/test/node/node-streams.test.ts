import { PassThrough, Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { toNodeReadable, toWebReadable, toWebWritable } from '../../src/node/node-streams.ts'
import { collect, failureOf } from '../source-suite.ts'

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)

describe('toNodeReadable', () => {
  it('gives the same bytes', async () => {
    const web = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(bytes('one '))
        controller.enqueue(bytes('two'))
        controller.close()
      },
    })
    expect(await text(toNodeReadable(web))).toBe('one two')
  })

  it('passes errors on', async () => {
    const error = new Error('broken')
    const web = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(error) })
    expect(await failureOf(text(toNodeReadable(web)))).toBe(error)
  })

  it('cancels the web stream when it is destroyed', async () => {
    const cancel = vi.fn<() => void>()
    const web = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(bytes('x')), cancel })
    const node = toNodeReadable(web)
    for await (const chunk of node) {
      expect(String(chunk)).toBe('x')
      break
    }
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
  })
})

describe('toWebReadable', () => {
  it('gives the same bytes, as plain arrays', async () => {
    const chunks: Uint8Array[] = []
    for await (const chunk of toWebReadable(Readable.from([Buffer.from('one '), Buffer.from('two')])))
      chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('one two')
    expect(chunks.every((chunk) => chunk.constructor === Uint8Array)).toBe(true)
  })

  it('passes errors on, also those from before the first read', async () => {
    const error = new Error('broken')
    const node = new PassThrough()
    const web = toWebReadable(node)
    node.destroy(error)
    await new Promise((resolve) => setImmediate(resolve))
    expect(await failureOf(collect(web))).toBe(error)
  })

  it('refuses text', async () => {
    const node = Readable.from([Buffer.from('text')])
    node.setEncoding('utf8')
    expect(await failureOf(collect(toWebReadable(node)))).toBeInstanceOf(TypeError)
  })

  it('destroys the Node stream when it is cancelled, read or not', async () => {
    for (const reads of [0, 1]) {
      const node = Readable.from([Buffer.from('one'), Buffer.from('two')])
      const reader = toWebReadable(node).getReader()
      for (let i = 0; i < reads; i += 1) await reader.read()
      await reader.cancel()
      expect(node.destroyed).toBe(true)
    }
  })

  it('reads no further than it is asked', async () => {
    const read = vi.fn<() => void>()
    const node = new Readable({ read })
    toWebReadable(node)
    await new Promise((resolve) => setImmediate(resolve))
    expect(read).not.toHaveBeenCalled()
  })
})

describe('toWebWritable', () => {
  it('writes, waits for each write, and ends', async () => {
    const events: string[] = []
    const node = new Writable({
      write: (chunk, _encoding, done) => {
        setImmediate(() => {
          events.push(String(chunk))
          done()
        })
      },
      final: (done) => {
        events.push('end')
        done()
      },
    })
    const writer = toWebWritable(node).getWriter()
    await writer.write(bytes('one'))
    expect(events).toEqual(['one'])
    await writer.write(bytes('two'))
    await writer.close()
    expect(events).toEqual(['one', 'two', 'end'])
  })

  it('passes errors on: of a write, of the end, and from between', async () => {
    const error = new Error('EPIPE')
    const failing = (at: 'write' | 'final'): Writable =>
      new Writable({ write: (_c, _e, done) => done(at === 'write' ? error : null), final: (done) => done(error) })
    const first = toWebWritable(failing('write')).getWriter()
    first.closed.catch(() => undefined)
    expect(await failureOf(first.write(bytes('x')))).toBe(error)
    const second = toWebWritable(failing('final')).getWriter()
    second.closed.catch(() => undefined)
    expect(await failureOf(second.close())).toBe(error)
    const node = new PassThrough()
    const third = toWebWritable(node).getWriter()
    third.closed.catch(() => undefined)
    node.destroy(error)
    await new Promise((resolve) => setImmediate(resolve))
    expect(await failureOf(third.write(bytes('x')))).toBe(error)
  })

  it('does not wait for a duplex that was destroyed meanwhile: of a write, of the end', async () => {
    const node = new PassThrough({ highWaterMark: 1 })
    const writer = toWebWritable(node).getWriter()
    writer.closed.catch(() => undefined)
    const waiting = writer.write(bytes('nobody reads this'))
    setImmediate(() => node.destroy())
    expect(await failureOf(waiting)).toBeInstanceOf(Error)
    const ending = new PassThrough({ highWaterMark: 1, final: () => undefined })
    const last = toWebWritable(ending).getWriter()
    last.closed.catch(() => undefined)
    setImmediate(() => ending.destroy())
    expect(await failureOf(last.close())).toBeInstanceOf(Error)
    const closed = new PassThrough()
    closed.destroy()
    await new Promise((resolve) => setImmediate(resolve))
    expect(await failureOf(toWebWritable(closed).getWriter().close())).toBeInstanceOf(Error)
  })

  it('destroys the Node stream when it is aborted', async () => {
    const node = new PassThrough()
    await toWebWritable(node).abort()
    expect(node.destroyed).toBe(true)
  })
})
