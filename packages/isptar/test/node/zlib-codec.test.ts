import { describe, expect, it, onTestFinished } from 'vitest'
import { codec as pakoCodec } from '../../src/gzip/pako-codec.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { describeCodec } from '../gzip/codec-suite.ts'
import { repeatedText } from '../gzip/samples.ts'

describeCodec(zlibCodec, pakoCodec)

/** Notes what reaches the process as an unhandled rejection or exception while a test runs. */
function watchProcess(): { seen: unknown[]; settle: () => Promise<void> } {
  const seen: unknown[] = []
  const note = (error: unknown): void => void seen.push(error)
  process.on('unhandledRejection', note).on('uncaughtException', note)
  onTestFinished(() => void process.off('unhandledRejection', note).off('uncaughtException', note))
  return { seen, settle: () => new Promise((resolve) => setTimeout(resolve, 20)) }
}

describe('zlib streams', () => {
  it('reject the push under way when closed, once, and nothing else notices', async () => {
    const { seen, settle } = watchProcess()
    const inflater = zlibCodec.createInflater()
    const push = inflater.push(zlibCodec.deflateRaw(repeatedText(1_000_000), 6))
    inflater.close()
    await expect(push).rejects.toThrow('closed')
    await expect(inflater.push(Uint8Array.of(1))).rejects.toThrow('closed')
    await settle()
    expect(seen).toEqual([])
  })

  it('keep an error to the call that met it', async () => {
    const { seen, settle } = watchProcess()
    const inflater = zlibCodec.createInflater()
    await expect(inflater.push(Uint8Array.of(0xff))).rejects.toMatchObject({ code: 'integrity' })
    await settle()
    await expect(inflater.finish()).rejects.toMatchObject({ code: 'integrity' })
    await settle()
    expect(seen).toEqual([])
  })

  it('leave no handle open after an early end', async () => {
    const streams = Array.from({ length: 50 }, () => zlibCodec.createInflater())
    await Promise.all(streams.map((stream) => stream.push(Uint8Array.of(0, 0))))
    for (const stream of streams) stream.close()
    await new Promise((resolve) => setImmediate(resolve))
    expect(process.getActiveResourcesInfo().filter((name) => /zlib/i.test(name))).toEqual([])
  })
})
