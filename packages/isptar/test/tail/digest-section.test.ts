/** The digest section: a member that any gunzip unfolds, in which each digest lies where arithmetic says. */
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { DigestBuilder, digestOffset, isDigest } from '../../src/tail/digest-section.ts'
import { expectBytes } from '../gzip/samples.ts'

const digestOf = (line: number): Uint8Array => createHash('sha256').update(String(line)).digest()

/** Each third line has none. */
const expectedOf = (line: number): Uint8Array => (line % 3 === 0 ? new Uint8Array(32) : digestOf(line))

function build(count: number): { member: Uint8Array; builder: DigestBuilder } {
  const builder = new DigestBuilder()
  for (let line = 0; line < count; line += 1) builder.add(line % 3 === 0 ? undefined : digestOf(line))
  return { member: concatBytes(builder.member()), builder }
}

// A stored block holds 2,047 digests.
describe.each([0, 1, 2046, 2047, 2048, 2049, 4093, 4094, 4095])('of %i lines', (count) => {
  const { member, builder } = build(count)
  const lines = Array.from({ length: count }, (_, line) => line)

  it('unfolds to the digests', () => {
    expect(builder.count).toBe(count)
    expectBytes(gunzipSync(member), concatBytes(lines.map(expectedOf)))
  })

  it('has each where it is looked for', () => {
    const wrong = lines.filter((line) => {
      const found = member.subarray(digestOffset(line), digestOffset(line) + 32)
      return Buffer.compare(found, expectedOf(line)) !== 0
    })
    expect(wrong).toEqual([])
  })

  it('is as long as the specification says', () => {
    expect(member.length).toBe(10 + 5 * Math.max(Math.ceil(count / 2047), 1) + 32 * count + 8)
  })
})

it('the place of the first digests of the first blocks', () => {
  expect([0, 1, 2046, 2047, 4094].map(digestOffset)).toEqual([15, 47, 65_487, 65_524, 131_033])
})

it('zeros are none', () => {
  expect([new Uint8Array(32), digestOf(1), Uint8Array.of(0, 0, 1)].map(isDigest)).toEqual([false, true, true])
})
