import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ByteSource } from '../../src/io/byte-source.ts'
import { HttpSource } from '../../src/io/http-source.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { withRetry } from '../../src/io/with-retry.ts'
import type { RetryOptions } from '../../src/io/with-retry.ts'
import { collect, failureOf } from '../source-suite.ts'
import { HostileServer } from './hostile-server.ts'

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => (index * 11) & 0xff)
let server: HostileServer
let delays: number[]

beforeEach(async () => {
  server = await HostileServer.start(BYTES)
  delays = []
})
afterEach(async () => server.close())

function retrying(options: RetryOptions = {}, timeoutMs?: number): ByteSource {
  const sleep = async (delayMs: number): Promise<void> => void delays.push(delayMs)
  return withRetry(new HttpSource(server.url, { timeoutMs }), { sleep, ...options })
}

describe('withRetry', () => {
  it.each([408, 429, 500, 503, 'short-body', 'cut-body', 'cut-headers', 'stall-headers', 'stall-body'] as const)(
    'gets over two of %s',
    async (mode) => {
      for (const call of ['readTail', 'read'] as const) {
        server.behave(mode, mode, 'good')
        const source = retrying({}, String(mode).startsWith('stall') ? 500 : undefined)
        const bytes = call === 'readTail' ? (await source.readTail(100)).bytes : await source.read(900, 100)
        expect(bytes).toEqual(BYTES.slice(900))
        expect(server.requests.length).toBe(3)
      }
    },
  )

  it('goes on with a stream where it broke', async () => {
    server.behave('cut-body', 'cut-body', 'good')
    expect(await collect(retrying().stream(0, 1000))).toEqual(BYTES)
    expect(server.log).toEqual(['GET bytes=0-999', 'GET bytes=500-999', 'GET bytes=750-999'])
  })

  it('counts the attempts of a stream anew whenever bytes came', async () => {
    server.behave('cut-body')
    // Half of what is left comes each time; of the last byte nothing, which with the break before makes three.
    expect(await failureOf(collect(retrying().stream(0, 16)))).toMatchObject({ kind: 'connection' })
    const offsets = server.log.map((request) => Number(/=(\d+)-/.exec(request)?.[1]))
    expect(offsets).toEqual([0, 8, 12, 14, 15, 15])
  })

  it('gives up after its attempts, with the last error', async () => {
    server.behave(500, 503, 429)
    expect(String(await failureOf(retrying().read(0, 1)))).toContain('HTTP 429')
    expect(server.requests.length).toBe(3)
  })

  it.each([404, 403, 'wrong-start', 'long-body', 'encoded', 'ignores-range'] as const)(
    'does not repeat %s',
    async (mode) => {
      server.behave(mode)
      expect(await failureOf(retrying().read(100, 10))).toBeDefined()
      expect(server.requests.length).toBe(1)
      expect(delays).toEqual([])
    },
  )

  it('waits longer each time, up to a bound', async () => {
    server.behave(503)
    await failureOf(retrying({ attempts: 6, baseDelayMs: 100, maxDelayMs: 500 }).read(0, 1))
    const longest = [100, 200, 400, 500, 500]
    expect(delays).toHaveLength(longest.length)
    for (const [index, delay] of delays.entries()) {
      expect(delay).toBeLessThanOrEqual(longest[index] ?? 0)
      expect(delay).toBeGreaterThanOrEqual((longest[index] ?? 0) / 2)
    }
  })

  it('ends the wait when the caller aborts', async () => {
    server.behave(503)
    const controller = new AbortController()
    const source = withRetry(new HttpSource(server.url), { baseDelayMs: 3_600_000, maxDelayMs: 3_600_000 })
    const failure = failureOf(source.read(0, 1, { signal: controller.signal }))
    await vi.waitFor(() => expect(server.requests.length).toBe(1))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await failure).toBe(reason)
    expect(server.requests.length).toBe(1)
  })

  it.each([{ attempts: -1 }, { attempts: 1.5 }, { baseDelayMs: Number.NaN }, { maxDelayMs: -1 }])(
    'takes %o for misuse',
    (options) => {
      expect(() => withRetry(new MemorySource(BYTES), options)).toThrow(RangeError)
    },
  )
})
