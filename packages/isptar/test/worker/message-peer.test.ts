/** Calls between threads: results, pieces within the caller's room, aborts, errors, the end. */
import { FormatError } from 'isptar'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Handlers, MessagePeer, type ServedCall } from '../../src/worker/message-peer.ts'

type Calls = {
  readonly double: { readonly args: number; readonly piece: never; readonly result: number }
  readonly give: { readonly args: Uint8Array; readonly piece: never; readonly result: Uint8Array }
  readonly echo: { readonly args: unknown; readonly piece: never; readonly result: unknown }
  readonly count: { readonly args: number; readonly piece: number; readonly result: string }
  readonly wait: { readonly args: undefined; readonly piece: never; readonly result: undefined }
  readonly fail: { readonly args: string; readonly piece: number; readonly result: undefined }
  readonly offer: { readonly args: number; readonly piece: number; readonly result: undefined }
}
type None = Record<never, never>

const ports: MessagePort[] = []
afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

/** Two ends of which one serves; `sent` counts its pieces, `signals` are those of its calls. */
function connect(): {
  peer: MessagePeer<None, Calls>
  other: MessagePeer<Calls, None>
  sent: number[]
  signals: AbortSignal[]
} {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  const sent: number[] = []
  const signals: AbortSignal[] = []
  const count = async (to: number, { send, signal }: ServedCall<number>): Promise<void> => {
    signals.push(signal)
    for (let n = 0; n < to; n += 1) {
      sent.push(n)
      await send({ value: n })
    }
  }
  const handlers: Handlers<Calls> = {
    double: async (n) => ({ value: 2 * n }),
    give: async (bytes) => ({ value: bytes, transfer: bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [] }),
    echo: async (value) => ({ value: value === 'function' ? (): number => 1 : value }),
    count: async (to, call) => {
      await count(to, call)
      return { value: 'counted' }
    },
    wait: async (_, { signal }) => {
      signals.push(signal)
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
      return { value: undefined }
    },
    fail: async (message, call) => {
      await count(2, call)
      throw new FormatError(message, { offset: 3 })
    },
    offer: async (to, { offer }) => {
      for (let n = 0; n < to; n += 1) offer(n)
      return { value: undefined }
    },
  }
  return {
    peer: new MessagePeer<None, Calls>(port1, {}),
    other: new MessagePeer<Calls, None>(port2, handlers),
    sent,
    signals,
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

describe('a call', () => {
  it('gives its result, several at a time', async () => {
    const { peer } = connect()
    expect(await Promise.all([1, 2, 3].map((n) => peer.call('double', n)))).toEqual([2, 4, 6])
  })

  it('hands buffers over rather than copying them', async () => {
    const { peer } = connect()
    const bytes = Uint8Array.of(1, 2, 3)
    expect(await peer.call('give', bytes, { transfer: [bytes.buffer] })).toEqual(Uint8Array.of(1, 2, 3))
    expect(bytes.length).toBe(0)
  })

  it('throws what serving it threw, after its pieces', async () => {
    const { peer } = connect()
    const seen: number[] = []
    const failed = await peer.call('fail', 'why', {}, (n) => seen.push(n)).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(FormatError)
    expect(failed).toMatchObject({ message: 'why', offset: 3 })
    expect(seen).toEqual([0, 1])
  })

  it('throws for what cannot be cloned, and goes on', async () => {
    const { peer } = connect()
    await expect(peer.call('echo', () => 1)).rejects.toThrow(/could not be cloned/)
    await expect(peer.call('echo', 'function')).rejects.toThrow(/could not be cloned/)
    expect(await peer.call('double', 1)).toBe(2)
  })
})

describe('pieces', () => {
  it('come in order, with the result last', async () => {
    const { peer } = connect()
    const seen: number[] = []
    expect(await peer.call('count', 100, {}, (n) => seen.push(n))).toBe('counted')
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => n))
  })

  it('wait until those before were taken: four ahead at most', async () => {
    const { peer, sent } = connect()
    const pieces = peer.iterate('count', 100)
    await pieces.next()
    await settle()
    expect(sent.length).toBe(4)
    await pieces.next()
    await settle()
    expect(sent.length).toBe(5)
    await pieces.return('')
    await settle()
    expect(sent.length).toBe(5)
  })

  it('that are offered are left out where there is no room', async () => {
    const { peer } = connect()
    const seen: number[] = []
    await peer.call('offer', 100, {}, (n) => seen.push(n))
    expect(seen).toEqual([0, 1, 2, 3])
  })
})

it('a call whose pieces are thrown back is aborted on the other side', async () => {
  const { peer, signals } = connect()
  const refuse = (n: number): void => {
    if (n === 2) throw new Error('enough')
  }
  await expect(peer.call('count', 100, {}, refuse)).rejects.toThrow('enough')
  await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true))
  expect(await peer.call('double', 4)).toBe(8)
})

describe('an abort', () => {
  it('throws its reason at once and reaches the other side', async () => {
    const { peer, signals } = connect()
    const abort = new AbortController()
    const waiting = peer.call('wait', undefined, { signal: abort.signal })
    await vi.waitFor(() => expect(signals.length).toBe(1))
    abort.abort('enough')
    await expect(waiting).rejects.toBe('enough')
    await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true))
    expect(await peer.call('double', 4)).toBe(8)
  })

  it('before the call sends nothing', async () => {
    const { peer, signals } = connect()
    await expect(peer.call('wait', undefined, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    await settle()
    expect(signals).toEqual([])
  })

  it('comes before pieces that have arrived', async () => {
    const { peer, sent } = connect()
    const abort = new AbortController()
    const pieces = peer.iterate('count', 3, { signal: abort.signal })
    await pieces.next()
    await vi.waitFor(() => expect(sent.length).toBe(3))
    abort.abort('enough')
    await expect(pieces.next()).rejects.toBe('enough')
  })

  it('follows from leaving the pieces', async () => {
    const { peer, signals } = connect()
    for await (const n of peer.iterate('count', 100)) if (n === 1) break
    await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true))
  })
})

describe('the end', () => {
  it('throws its reason in calls under way and in later ones, and ends what is served', async () => {
    const { peer, other, signals } = connect()
    const waiting = peer.call('wait', undefined)
    await vi.waitFor(() => expect(signals.length).toBe(1))
    peer.end('gone')
    peer.end('again')
    await expect(waiting).rejects.toBe('gone')
    await expect(peer.call('double', 1)).rejects.toBe('gone')
    other.end('gone')
    expect(signals[0]?.reason).toBe('gone')
  })
})

it('ends when a message cannot be read', async () => {
  const { peer, signals } = connect()
  const waiting = peer.call('wait', undefined)
  await vi.waitFor(() => expect(signals.length).toBe(1))
  ports[0]?.dispatchEvent(new MessageEvent('messageerror'))
  await expect(waiting).rejects.toMatchObject({ code: 'storage', kind: 'closed' })
})
