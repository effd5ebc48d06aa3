/** Files come out byte for byte, and zeros take no room on disk. */
import { closeSync, lstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HoleWriter } from '../../src/node/restore-holes.ts'
import { makeScene } from './extract-scene.ts'

const MiB = 1024 * 1024

test.each([0.5, 8])('of %d MiB only what is not zero is on disk', async (size) => {
  const scene = makeScene()
  const data = Buffer.alloc(size * MiB)
  data.write('in the middle', data.length / 2)
  expect(
    (
      await scene.extract([
        { path: 'sparse', data },
        { path: 'zeros', data: Buffer.alloc(100_000) },
      ])
    ).ok,
  ).toBe(true)
  expect(readFileSync(join(scene.out, 'sparse')).equals(data)).toBe(true)
  expect(readFileSync(join(scene.out, 'zeros')).equals(Buffer.alloc(100_000))).toBe(true)
  expect(lstatSync(join(scene.out, 'sparse')).blocks * 512).toBeLessThanOrEqual(64 * 1024)
  expect(lstatSync(join(scene.out, 'zeros')).blocks * 512).toBeLessThanOrEqual(4096)
})

test('any data in any pieces is written as it is', () => {
  const path = join(makeScene().base, 'file')
  const run = fc.record({ byte: fc.constantFrom(0, 0, 1), length: fc.integer({ min: 0, max: 9000 }) })
  fc.assert(
    fc.property(fc.array(run, { maxLength: 6 }), fc.integer({ min: 1, max: 9000 }), (runs, pieceBytes) => {
      const data = Buffer.concat(runs.map(({ byte, length }) => Buffer.alloc(length, byte)))
      const fd = openSync(path, 'w')
      const file = new HoleWriter(fd)
      for (let at = 0; at < data.length; at += pieceBytes) file.write(data.subarray(at, at + pieceBytes))
      expect(file.finish()).toBe(data.length)
      closeSync(fd)
      expect(readFileSync(path).equals(data)).toBe(true)
    }),
  )
})
