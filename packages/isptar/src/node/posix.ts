/**
 * Chooses how the calls of `posix-calls.ts` are made: natively through the optional package `koffi` where it loads,
 * else as near as Node and two commands come, with a notice that says what is missing.
 */
import { spawnSync } from 'node:child_process'
import { futimesSync, lutimesSync } from 'node:fs'
import { decodeText } from '../bytes/text.ts'
import { UnsupportedError } from '../errors.ts'
import type { Time } from '../tar/entry-type.ts'
import { loadNativePosix } from './native-posix.ts'
import type { PathOrFd, Posix } from './posix-calls.ts'

export type { PathOrFd, Posix } from './posix-calls.ts'

let loaded: Promise<Posix> | undefined

/** Gives the calls this machine can make; loads the native ones at the first call. */
export function loadPosix(): Promise<Posix> {
  loaded ??= loadNativePosix().then((native) => ('reason' in native ? plainPosix(native.reason) : native))
  return loaded
}

/**
 * Gives what can be done without native calls.
 *
 * @param reason - why there are none, for the notice
 */
export function plainPosix(reason: string): Posix {
  const notice = `extended attributes are left out, and times that are restored are right to the microsecond only: ${reason}`
  return {
    hasExactTimes: false,
    hasXattrs: false,
    notice,
    setModifiedTime: setTimeByNode,
    readXattrs: () => new Map(),
    writeXattr(_file, name) {
      throw new UnsupportedError(`cannot set the extended attribute ${JSON.stringify(name)}: ${reason}`)
    },
    makeFifo: (path) => run('mkfifo', ['-m', '0600', '--', commandPath(path)]),
    makeDevice(path, type, device) {
      const kind = type === 'char' ? 'c' : 'b'
      run('mknod', ['-m', '0600', '--', commandPath(path), kind, String(device.major), String(device.minor)])
    },
  }
}

/** Node takes negative times only as text: as a number they become the present time. */
function setTimeByNode(file: PathOrFd, mtime: Time): void {
  const seconds = String(mtime.seconds + mtime.nanoseconds / 1e9)
  if (typeof file === 'number') futimesSync(file, seconds, seconds)
  else lutimesSync(file, seconds, seconds)
}

/** Arguments of a command are text, which cannot carry every path. */
function commandPath(path: Buffer): string {
  const text = path.toString('utf8')
  if (Buffer.from(text).equals(path)) return text
  throw new UnsupportedError(
    `cannot make ${JSON.stringify(decodeText(path))}: its name is not UTF-8; install the package koffi`,
  )
}

function run(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
  if (result.error !== undefined)
    throw new UnsupportedError(`cannot run ${command}: ${result.error.message}`, { cause: result.error })
  if (result.status !== 0) throw new Error(result.stderr.trim() || `${command} failed`)
}
