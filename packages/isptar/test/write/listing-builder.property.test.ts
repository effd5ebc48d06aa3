/** The listing is its lines, one after the other, however long they are and wherever a block of it ends. */
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { codec } from '../../src/node/zlib-codec.ts'
import { encodeListingLine } from '../../src/tail/encode-listing-line.ts'
import type { ListingRecord } from '../../src/tail/listing-record.ts'
import { ListingBuilder } from '../../src/write/listing-builder.ts'

/** Lines that fill a block of 64 KiB soon, and some that are longer than one. */
const record: fc.Arbitrary<ListingRecord> = fc
  .tuple(fc.constantFrom(0x61, 0xff, 0x09), fc.constantFrom(1, 1000, 21_000, 70_000), fc.constantFrom('', 'ö'))
  .map(([byte, length, userName]) => ({
    pathBytes: new Uint8Array(length).fill(byte),
    type: 'fifo',
    ...{ mode: 0, uid: 0, gid: 0, userName, groupName: '', sizeBytes: 0, columns: new Map() },
  }))

function newBuilder(): ListingBuilder {
  return new ListingBuilder({ codec, level: 1, digests: true, keepsNew: true })
}

function textOf(builder: ListingBuilder): Buffer {
  return gunzipSync(Buffer.concat(builder.finish().members.listing.packed))
}

it('holds every line as it is encoded, and gives it again', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), fc.nat({ max: 8 }), (records, keptAt) => {
      const builder = newBuilder()
      const known = newBuilder()
      for (const [i, one] of records.entries()) {
        if (i === keptAt) known.addKnown(builder.takeNew())
        builder.add(one, undefined)
      }
      known.addKnown(builder.takeNew())
      const lines = Buffer.concat([...records.map((one) => encodeListingLine(one)), Buffer.from('\n')])
      expect(textOf(builder).equals(lines)).toBe(true)
      expect(textOf(known).equals(lines)).toBe(true)
    }),
    { numRuns: 50 },
  )
})

it('goes on after a record that cannot be encoded as if it had not come', () => {
  const good: ListingRecord = {
    pathBytes: new Uint8Array(65_536).fill(0x61),
    type: 'fifo',
    ...{ mode: 0, uid: 0, gid: 0, userName: '', groupName: '', sizeBytes: 0, columns: new Map() },
  }
  const [builder, same] = [newBuilder(), newBuilder()]
  builder.add(good, undefined)
  same.add(good, undefined)
  expect(() => builder.add({ ...good, userName: '\ud800' }, undefined)).toThrow(RangeError)
  expect(builder.finish()).toEqual(same.finish())
})
