import { closeSync, lstatSync, openSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  FACTS_LENGTH,
  type FileFacts,
  isStill,
  readStill,
  readStillPart,
  takeFacts,
} from '../../src/node/read-still.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import { fileSystemWith, makeFolder, systemError } from './walk-support.ts'

function makeFile(text: string): { path: Buffer; facts: FileFacts } {
  const name = join(makeFolder(), 'a')
  writeFileSync(name, text)
  utimesSync(name, -1, -1)
  return { path: Buffer.from(name), facts: takeFacts(lstatSync(name, { bigint: true })) }
}

test('a file that keeps still is read whole, in any portions', () => {
  const { path, facts } = makeFile('hello')
  expect(facts).toHaveLength(FACTS_LENGTH)
  for (const most of [1, 2, 99]) {
    const into = new Uint8Array(5)
    const read = (fd: number, to: Uint8Array, offset: number): number =>
      nodeFileSystem.read(fd, to.subarray(0, most), offset)
    expect(readStill(fileSystemWith({ read }), path, facts, into)).toBe(true)
    expect(Buffer.from(into).toString()).toBe('hello')
  }
})

test('each thing that may change is noticed', () => {
  const { path, facts } = makeFile('hello')
  const stat = statSync(path, { bigint: true })
  expect(isStill(stat, facts)).toBe(true)
  for (const key of ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const)
    expect(isStill(Object.assign(Object.create(stat), { [key]: stat[key] + 1n }), facts)).toBe(false)
})

test('one that is longer, shorter or another is told; zeros stand for what it has not', () => {
  const { path, facts } = makeFile('hello')
  const into = new Uint8Array(5).fill(0x78)
  writeFileSync(path, 'hel')
  expect(readStill(nodeFileSystem, path, facts, into)).toBe(false)
  expect(Buffer.from(into).toString()).toBe('hel\0\0')
  writeFileSync(path, 'hello, hello')
  expect(readStill(nodeFileSystem, path, facts, into)).toBe(false)
  expect(Buffer.from(into).toString()).toBe('hello')
  writeFileSync(`${String(path)}.new`, 'olleh')
  renameSync(`${String(path)}.new`, path)
  expect(readStill(nodeFileSystem, path, facts, into)).toBe(false)
})

test('a part is read from the open file, whatever has its name', () => {
  const { path, facts } = makeFile('hello, world')
  const fd = openSync(path, 'r')
  try {
    const into = new Uint8Array(5)
    expect(readStillPart(nodeFileSystem, fd, facts, 7, into)).toBe(true)
    expect(Buffer.from(into).toString()).toBe('world')
    writeFileSync(`${String(path)}.new`, 'another text')
    renameSync(`${String(path)}.new`, path)
    expect(readStillPart(nodeFileSystem, fd, facts, 7, into)).toBe(false)
    expect(Buffer.from(into).toString()).toBe('world')
  } finally {
    closeSync(fd)
  }
})

test('what fails is thrown; nothing stays open, and zeros stand for what was not read', () => {
  const { path, facts } = makeFile('hello')
  const open = new Set<number>()
  let reads = 0
  const fileSystem = fileSystemWith({
    open: (at) => {
      const fd = nodeFileSystem.open(at)
      open.add(fd)
      return fd
    },
    read: (fd, to, offset) => {
      reads += 1
      if (reads === 2) throw systemError('EIO')
      return nodeFileSystem.read(fd, to.subarray(0, 2), offset)
    },
    close: (fd) => {
      open.delete(fd)
      nodeFileSystem.close(fd)
    },
  })
  const into = new Uint8Array(5).fill(0x78)
  expect(() => readStill(fileSystem, path, facts, into)).toThrow('EIO')
  expect(Buffer.from(into).toString()).toBe('he\0\0\0')
  expect(open.size).toBe(0)
})
