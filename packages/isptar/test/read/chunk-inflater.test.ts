/** A chunk is given only as what is recorded of it; anything else is an error. */
import { crc32, deflateRawSync } from 'node:zlib'
import { IntegrityError, pakoCodec } from 'isptar'
import { zlibCodec } from 'isptar/node'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { ChunkInflater } from '../../src/read/chunk-inflater.ts'
import { collect } from './collect.ts'
import { expectBytes, repeatedText, sampleBytes } from '../gzip/samples.ts'

describe.each([pakoCodec, zlibCodec])('with $name', (codec) => {
  const inflate = async (packed: Uint8Array, facts: { plainBytes: number; crc32: number }): Promise<Uint8Array> => {
    const inflater = new ChunkInflater(codec, { ...facts, packedBytes: packed.length })
    try {
      const plain = concatBytes(await collect(inflater.push(packed)))
      inflater.finish()
      return plain
    } finally {
      inflater.close()
    }
  }

  /** A chunk as it lies in a member: it ends with a full flush, not with the stream. */
  const packedOf = (plain: Uint8Array): Uint8Array => codec.deflateRaw(plain, 6, 'flush')

  const plain = repeatedText(100_000)
  const facts = { plainBytes: plain.length, crc32: crc32(plain) }

  it('gives what was put in, with or without the end of the stream', async () => {
    expectBytes(await inflate(packedOf(plain), facts), plain)
    expectBytes(await inflate(deflateRawSync(plain), facts), plain)
    const noise = sampleBytes(200_000)
    expectBytes(await inflate(packedOf(noise), { plainBytes: 200_000, crc32: crc32(noise) }), noise)
  })

  it('refuses another checksum', async () => {
    const wrong = inflate(packedOf(plain), { ...facts, crc32: facts.crc32 ^ 1 })
    await expect(wrong).rejects.toMatchObject({ code: 'integrity', expected: facts.crc32 ^ 1, actual: facts.crc32 })
  })

  it.each([-1, 1, -plain.length])('refuses another length (%i)', async (more) => {
    const wrong = inflate(packedOf(plain), { ...facts, plainBytes: facts.plainBytes + more })
    await expect(wrong).rejects.toThrow(IntegrityError)
  })

  it('refuses a chunk that is cut off, and one that is no deflate', async () => {
    const packed = packedOf(plain)
    await expect(inflate(packed.subarray(0, packed.length >> 1), facts)).rejects.toThrow(IntegrityError)
    await expect(inflate(Uint8Array.of(0xff, 0xff, 0xff, 0xff), facts)).rejects.toThrow(IntegrityError)
  })

  it('stops at a bomb', async () => {
    const bomb = deflateRawSync(new Uint8Array(64 << 20))
    await expect(inflate(bomb, facts)).rejects.toThrow(IntegrityError)
  })
})
