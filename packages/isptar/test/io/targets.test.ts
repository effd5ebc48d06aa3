/** The universal targets against the common suite. */
import { describe, expect, it } from 'vitest'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { StreamTarget } from '../../src/io/stream-target.ts'
import { failureOf } from '../source-suite.ts'
import { targetSuite } from '../target-suite.ts'

let memory = new MemoryTarget()
targetSuite({
  name: 'MemoryTarget',
  make: () => {
    memory = new MemoryTarget()
    return memory
  },
  stored: async () => {
    try {
      return memory.bytes()
    } catch {
      return undefined
    }
  },
})

let sent: Uint8Array | undefined
targetSuite({
  name: 'StreamTarget',
  make: () => {
    const parts: Uint8Array[] = []
    sent = undefined
    return new StreamTarget(
      new WritableStream<Uint8Array>({
        write: (bytes) => void parts.push(new Uint8Array(bytes)),
        close: () => {
          sent = new Uint8Array(Buffer.concat(parts))
        },
      }),
    )
  },
  stored: async () => sent,
})

describe('MemoryTarget', () => {
  it('takes asking for unfinished bytes for misuse', () => {
    expect(() => new MemoryTarget().bytes()).toThrow(TypeError)
  })
})

describe('StreamTarget', () => {
  it('names the target and keeps the cause when the stream fails, and can be aborted then', async () => {
    const cause = new Error('broken pipe')
    const stream = new WritableStream<Uint8Array>({
      write: () => {
        throw cause
      },
    })
    const target = new StreamTarget(stream, 'standard output')
    const error = await failureOf(target.write(new Uint8Array(1)))
    expect(error).toMatchObject({ kind: 'other', operation: 'write', location: 'standard output', cause })
    expect(await failureOf(target.commit())).toMatchObject({ kind: 'closed' })
    expect(await failureOf(target.abort())).toBeUndefined()
  })

  it('aborts the stream beneath, so that an upload is not taken for whole', async () => {
    const events: string[] = []
    const stream = new WritableStream<Uint8Array>({
      close: () => void events.push('close'),
      abort: () => void events.push('abort'),
    })
    const target = new StreamTarget(stream)
    await target.write(new Uint8Array(1))
    await target.abort()
    expect(events).toEqual(['abort'])
  })
})
