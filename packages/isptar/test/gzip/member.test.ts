import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import type { Level } from '../../src/gzip/codec.ts'
import { encodeMember } from '../../src/gzip/encode-member.ts'
import { codec as pakoCodec } from '../../src/gzip/pako-codec.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { describeMembers } from './member-suite.ts'
import { expectBytes, repeatedText, sampleBytes } from './samples.ts'

for (const codec of [pakoCodec, zlibCodec]) {
  describeMembers(codec)

  it(`gzip reads a file of many members over ${codec.name} without complaint`, () => {
    const levels: readonly Level[] = [0, 1, 6, 9]
    const texts = levels.flatMap(() => [new Uint8Array(0), repeatedText(3000), sampleBytes(70_000)])
    const file = concatBytes(texts.map((text, i) => encodeMember(codec, text, levels[i % 4] ?? 6)))
    execFileSync('gzip', ['-t'], { input: file })
    expectBytes(execFileSync('gzip', ['-dc'], { input: file, maxBuffer: 10_000_000 }), concatBytes(texts))
  })
}

it('the codecs make members of the same header and trailer', () => {
  const [a, b] = [pakoCodec, zlibCodec].map((codec) => encodeMember(codec, repeatedText(100), 6))
  expect(a?.subarray(0, 10)).toEqual(b?.subarray(0, 10))
  expect(a?.subarray(-8)).toEqual(b?.subarray(-8))
})
