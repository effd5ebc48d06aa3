import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparePaths } from '../../src/bytes/text.ts'
import { makeFolder, walk } from './walk-support.ts'

/** Names of the bytes that make order hard: around `/`, the ends of ASCII, signed bytes, what is not UTF-8. */
const byte = fc.constantFrom(0x01, 0x20, 0x2d, 0x2e, 0x30, 0x41, 0x61, 0x7e, 0x7f, 0x80, 0xc3, 0xa9, 0xff)
const name = fc
  .array(byte, { minLength: 1, maxLength: 4 })
  .map((bytes) => Buffer.from(bytes))
  .filter((bytes) => !/^\.\.?$/.test(bytes.toString('latin1')))
const path = fc.array(name, { minLength: 1, maxLength: 4 })

test('a walk gives every path, in the order of whole paths', async () => {
  const base = makeFolder()
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(path, { minLength: 1, maxLength: 30 }), async (paths) => {
      run += 1
      const cwd = join(base, String(run))
      const made = makeTree(Buffer.from(`${cwd}/`), paths)
      const { entries } = await walk('.', { cwd })
      rmSync(cwd, { recursive: true })
      expect(entries.map((entry) => entry.path)).toEqual(made.sort(comparePaths))
    }),
    { numRuns: 60 },
  )
})

/** Makes a file of each path, unless a folder of that name is needed; gives all paths. */
function makeTree(cwd: Buffer, paths: readonly (readonly Buffer[])[]): Buffer[] {
  mkdirSync(cwd)
  const folders = new Set(paths.flatMap((parts) => parts.slice(1).map((_, end) => toText(parts.slice(0, end + 1)))))
  const files = new Set(paths.map(toText).filter((file) => !folders.has(file)))
  const absolute = (text: string): Buffer => Buffer.concat([cwd, Buffer.from(text, 'latin1')])
  for (const folder of folders) mkdirSync(absolute(folder), { recursive: true })
  for (const file of files) writeFileSync(absolute(file), '')
  return [...folders, ...files].map((text) => Buffer.from(text, 'latin1'))
}

function toText(parts: readonly Buffer[]): string {
  return parts.map((part) => part.toString('latin1')).join('/')
}
