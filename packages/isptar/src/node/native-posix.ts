/**
 * The system calls of `Posix` through the optional package `koffi`, on 64-bit Linux. The functions are looked up in the
 * C library the process already runs with, so glibc and musl need no names. Paths go in as bytes ended by a NUL.
 */
import { constants } from 'node:os'
import { getSystemErrorName } from 'node:util'
import { decodeText, encodeText } from '../bytes/text.ts'
import type { Device, Time } from '../tar/entry-type.ts'
import { toDeviceNumber } from './device-number.ts'
import type { PathOrFd, Posix } from './posix-calls.ts'

const { EACCES, ENODATA, ENOTSUP, EPERM, ERANGE } = constants.errno
const AT_FDCWD = -100
const AT_SYMLINK_NOFOLLOW = 0x100
const UTIME_OMIT = 0x3ffffffen
const S_IFIFO = 0o010000
const S_IFCHR = 0o020000
const S_IFBLK = 0o060000

/** A C function; gives -1 when it fails. */
type Call = (...args: readonly (Uint8Array | BigInt64Array | number | bigint | null)[]) => number

/** A C library, and the error number of the last call into it. */
interface Libc {
  find(name: string, result: string, parameters: readonly string[]): Call
  errno(): number
}

/** Loads the native calls, or says in one line why there are none. */
export async function loadNativePosix(): Promise<Posix | { reason: string }> {
  if (process.platform !== 'linux') return { reason: `native calls are not made on ${process.platform}` }
  try {
    const koffi = await import('koffi')
    if (koffi.sizeof('long') !== 8) return { reason: `native calls are not made on ${process.arch}` }
    const library = koffi.load(null)
    return bindPosix({
      find: (name, result, parameters) => library.func(name, result, [...parameters]),
      errno: () => koffi.errno(),
    })
  } catch (error) {
    return { reason: `the package koffi cannot be used: ${firstLine(error)}` }
  }
}

function bindPosix(libc: Libc): Posix {
  const utimensat = libc.find('utimensat', 'int', ['int', 'void *', 'void *', 'int'])
  const futimens = libc.find('futimens', 'int', ['int', 'void *'])
  const lsetxattr = libc.find('lsetxattr', 'int', ['void *', 'void *', 'void *', 'size_t', 'int'])
  const fsetxattr = libc.find('fsetxattr', 'int', ['int', 'void *', 'void *', 'size_t', 'int'])
  const mknod = libc.find('mknod', 'int', ['void *', 'unsigned int', 'uint64_t'])

  function check(result: number, syscall: string, file: PathOrFd): void {
    if (result === -1) throw systemError(libc.errno(), syscall, file)
  }
  return {
    hasExactTimes: true,
    hasXattrs: true,
    notice: undefined,
    setModifiedTime(file, mtime) {
      const times = toTimespecs(mtime)
      if (typeof file === 'number') check(futimens(file, times), 'futimens', file)
      else check(utimensat(AT_FDCWD, toCString(file), times, AT_SYMLINK_NOFOLLOW), 'utimensat', file)
    },
    readXattrs: bindReadXattrs(libc),
    writeXattr(file, name, value) {
      const key = toCString(encodeText(name))
      if (typeof file === 'number') check(fsetxattr(file, key, value, value.length, 0), 'fsetxattr', file)
      else check(lsetxattr(toCString(file), key, value, value.length, 0), 'lsetxattr', file)
    },
    makeFifo: (path) => check(mknod(toCString(path), S_IFIFO | 0o600, 0n), 'mkfifo', path),
    makeDevice(path, type, device: Device) {
      const mode = (type === 'char' ? S_IFCHR : S_IFBLK) | 0o600
      check(mknod(toCString(path), mode, toDeviceNumber(device)), 'mknod', path)
    },
  }
}

function bindReadXattrs(libc: Libc): (path: Buffer) => Map<string, Uint8Array> {
  const llistxattr = libc.find('llistxattr', 'intptr_t', ['void *', 'void *', 'size_t'])
  const lgetxattr = libc.find('lgetxattr', 'intptr_t', ['void *', 'void *', 'void *', 'size_t'])
  // Linux: a name list and a value are at most 64 KiB each (XATTR_LIST_MAX, XATTR_SIZE_MAX).
  const names = new Uint8Array(65536)
  const value = new Uint8Array(65536)
  // One for all paths: a new one for each would cost as much as the call.
  let cPath = new Uint8Array(4096)

  return (path) => {
    const found = new Map<string, Uint8Array>()
    if (path.length >= cPath.length) cPath = new Uint8Array(path.length + 1)
    writeCString(path, cPath)
    const length = llistxattr(cPath, names, names.length)
    if (length === -1) {
      const errno = libc.errno()
      if (errno === ENOTSUP) return found
      throw systemError(errno, 'llistxattr', path)
    }
    for (let start = 0; start < length; ) {
      const end = names.indexOf(0, start)
      const size = lgetxattr(cPath, names.subarray(start, end + 1), value, value.length)
      if (size >= 0) found.set(decodeText(names.subarray(start, end)), value.slice(0, size))
      else if (!isSkippable(libc.errno())) throw systemError(libc.errno(), 'lgetxattr', path)
      start = end + 1
    }
    return found
  }
}

/** Gone since it was listed, not for this user, or larger than Linux allows. */
function isSkippable(errno: number): boolean {
  return errno === ENODATA || errno === EACCES || errno === EPERM || errno === ERANGE || errno === ENOTSUP
}

/** Two `struct timespec`: the time of access, left as it is, and the time of change. */
function toTimespecs(mtime: Time): BigInt64Array {
  return BigInt64Array.of(0n, UTIME_OMIT, BigInt(mtime.seconds), BigInt(mtime.nanoseconds))
}

function toCString(bytes: Uint8Array): Uint8Array {
  const ended = new Uint8Array(bytes.length + 1)
  writeCString(bytes, ended)
  return ended
}

/** @throws TypeError for a NUL inside, which would cut the path short */
function writeCString(bytes: Uint8Array, into: Uint8Array): void {
  if (bytes.includes(0)) throw new TypeError(`${JSON.stringify(decodeText(bytes))} holds a NUL`)
  into.set(bytes)
  into[bytes.length] = 0
}

function systemError(errno: number, syscall: string, file: PathOrFd): NodeJS.ErrnoException {
  const code = getSystemErrorName(-errno)
  const where = typeof file === 'number' ? `file ${file}` : JSON.stringify(decodeText(file))
  return Object.assign(new Error(`${code}: ${syscall} ${where}`), { code, errno: -errno, syscall })
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''
}
