import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, openSync, closeSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromDeviceNumber, toDeviceNumber } from '../../src/node/device-number.ts'
import { loadNativePosix } from '../../src/node/native-posix.ts'
import { loadPosix, plainPosix } from '../../src/node/posix.ts'
import type { Posix } from '../../src/node/posix.ts'
import { needs } from './needs.ts'

let folder: string
let native: Posix | undefined
let count = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-posix-'))
  const loaded = await loadNativePosix()
  native = 'reason' in loaded ? undefined : loaded
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function freshPath(): Buffer {
  count += 1
  return Buffer.concat([Buffer.from(`${folder}/${count}-`), Buffer.from([0xff, 0xfe])])
}

function requireNative(skip: (reason: string) => void): Posix {
  needs(skip, native !== undefined, 'koffi cannot be loaded')
  return native as Posix
}

describe('native calls', () => {
  test('set times to the nanosecond, before 1970 too, by path and by open file', ({ skip }) => {
    const posix = requireNative(skip)
    const path = freshPath()
    writeFileSync(path, '')
    posix.setModifiedTime(path, { seconds: 1_700_000_000, nanoseconds: 123_456_789 })
    expect(lstatSync(path, { bigint: true }).mtimeNs).toBe(1_700_000_000_123_456_789n)
    const fd = openSync(path, 'r')
    posix.setModifiedTime(fd, { seconds: -6, nanoseconds: 999_999_999 })
    closeSync(fd)
    expect(lstatSync(path, { bigint: true }).mtimeNs).toBe(-5_000_000_001n)
  })

  test("set a symlink's own time", ({ skip }) => {
    const posix = requireNative(skip)
    const target = freshPath()
    const link = freshPath()
    writeFileSync(target, '')
    const before = lstatSync(target, { bigint: true }).mtimeNs
    symlinkSync(target, link)
    posix.setModifiedTime(link, { seconds: 5, nanoseconds: 1 })
    expect(lstatSync(link, { bigint: true }).mtimeNs).toBe(5_000_000_001n)
    expect(lstatSync(target, { bigint: true }).mtimeNs).toBe(before)
  })

  test('read back the extended attributes they set', ({ skip }) => {
    const posix = requireNative(skip)
    const path = freshPath()
    writeFileSync(path, '')
    expect(posix.readXattrs(path).size).toBe(0)
    needs(skip, canSetXattrs(posix, path), 'the temporary folder keeps no extended attributes')
    posix.writeXattr(path, 'user.bytes', Uint8Array.of(0, 255, 10))
    const fd = openSync(path, 'r')
    posix.writeXattr(fd, 'user.by-fd', Uint8Array.of(7))
    closeSync(fd)
    expect(posix.readXattrs(path)).toEqual(
      new Map([
        ['user.by-fd', Uint8Array.of(7)],
        ['user.bytes', Uint8Array.of(0, 255, 10)],
        ['user.empty', new Uint8Array(0)],
      ]),
    )
  })

  test('throw as Node throws', ({ skip }) => {
    const posix = requireNative(skip)
    const missing = freshPath()
    expect(() => posix.setModifiedTime(missing, { seconds: 0, nanoseconds: 0 })).toThrow(
      expect.objectContaining({ code: 'ENOENT', syscall: 'utimensat' }),
    )
    expect(() => posix.readXattrs(missing)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    expect(() => posix.readXattrs(Buffer.from('/tmp\0x'))).toThrow(TypeError)
  })

  test('make FIFOs and device nodes', ({ skip }) => {
    const posix = requireNative(skip)
    const fifo = freshPath()
    posix.makeFifo(fifo)
    expect(lstatSync(fifo).isFIFO()).toBe(true)
    expect(() => posix.makeFifo(fifo)).toThrow(expect.objectContaining({ code: 'EEXIST' }))
    needs(skip, process.getuid?.() === 0, 'only root makes device nodes')
    const device = freshPath()
    posix.makeDevice(device, 'block', { major: 0x123, minor: 0x45678 })
    const stat = lstatSync(device, { bigint: true })
    expect(stat.isBlockDevice()).toBe(true)
    expect(fromDeviceNumber(stat.rdev)).toEqual({ major: 0x123, minor: 0x45678 })
  })
})

function canSetXattrs(posix: Posix, path: Buffer): boolean {
  try {
    posix.writeXattr(path, 'user.empty', new Uint8Array(0))
    return true
  } catch {
    return false
  }
}

describe('without native calls', () => {
  const plain = plainPosix('test')

  test('the notice says what is missing and why', () => {
    expect(plain.notice).toContain('test')
    expect(plain.hasXattrs).toBe(false)
    expect(plain.readXattrs(Buffer.from('/tmp')).size).toBe(0)
    expect(() => plain.writeXattr(Buffer.from('/tmp'), 'user.a', new Uint8Array(1))).toThrow(/user\.a/)
  })

  test('times are right to the microsecond, before 1970 too', () => {
    const path = freshPath()
    symlinkSync('nowhere', path)
    for (const time of [
      { seconds: 1_700_000_000, nanoseconds: 123_456_789 },
      { seconds: -6, nanoseconds: 250_000_000 },
    ]) {
      plain.setModifiedTime(path, time)
      const wanted = BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanoseconds)
      const difference = lstatSync(path, { bigint: true }).mtimeNs - wanted
      expect(difference).toBeGreaterThan(-1_500n)
      expect(difference).toBeLessThan(1_500n)
    }
  })

  test('FIFOs come from a command, names go in as they are', () => {
    const path = Buffer.from(`${folder}/-$(touch x) ; "é`)
    plain.makeFifo(path)
    expect(lstatSync(path).isFIFO()).toBe(true)
    expect(() => plain.makeFifo(path)).toThrow(/exists/)
    expect(() => plain.makeFifo(freshPath())).toThrow(/not UTF-8/)
  })
})

describe('device numbers', () => {
  test('every pair survives the packing', () => {
    const part = fc.integer({ min: 0, max: 0xffffffff })
    fc.assert(
      fc.property(part, part, (major, minor) => {
        expect(fromDeviceNumber(toDeviceNumber({ major, minor }))).toEqual({ major, minor })
      }),
    )
  })

  test('agree with stat(1)', () => {
    const [major, minor] = execFileSync('stat', ['-c', '%t %T', '/dev/null'], { encoding: 'utf8' }).split(' ')
    expect(fromDeviceNumber(lstatSync('/dev/null', { bigint: true }).rdev)).toEqual({
      major: Number.parseInt(major ?? '', 16),
      minor: Number.parseInt(minor ?? '', 16),
    })
  })

  test('a part out of range is refused', () => {
    expect(() => toDeviceNumber({ major: -1, minor: 0 })).toThrow(RangeError)
    expect(() => toDeviceNumber({ major: 0, minor: 2 ** 32 })).toThrow(RangeError)
  })
})

test('loading gives one and the same', async () => {
  expect(await loadPosix()).toBe(await loadPosix())
})
