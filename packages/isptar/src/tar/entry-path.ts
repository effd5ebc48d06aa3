/**
 * Which stored paths may be trusted on no system at all, and the one way to write a path. Both are pure and linear in
 * the path; what only some file systems cannot hold (`a:b`, `NUL`, case) is for the extracting side.
 */
import { KiB } from '../limits.ts'

/** Paths from this many bytes on are refused; Linux ends at 4 KiB, Windows at 32,767 characters. */
const REFUSED_PATH_BYTES = 32 * KiB

const MAX_COMPONENTS = 4096

const WINDOWS_ROOT = /^(?:\\\\|[A-Za-z]:(?:[\\/]|\.\.(?:[\\/]|$)))/

/**
 * Says why a path must not be trusted on any system. Give it normalised paths: a leading `./` or a trailing `/` is refused.
 *
 * @param path - as stored, after {@link normalizeEntryPath}
 * @returns the reason in a few words, undefined when the path is fine
 */
export function judgeEntryPath(path: string): string | undefined {
  if (path === '') return 'the path is empty'
  if (path.startsWith('/')) return 'the path is absolute'
  if (WINDOWS_ROOT.test(path)) return 'the path names a drive or a host'
  if (path.includes('\0')) return 'the path has a NUL character'
  if (utf8Length(path) >= REFUSED_PATH_BYTES) return `the path is ${REFUSED_PATH_BYTES} bytes long or longer`
  return judgeComponents(path)
}

function judgeComponents(path: string): string | undefined {
  let count = 0
  for (let start = 0; start <= path.length; ) {
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    count += 1
    if (count > MAX_COMPONENTS) return `the path has more than ${MAX_COMPONENTS} components`
    if (end === start) return 'the path has an empty component'
    if (end - start === 1 && path.startsWith('.', start)) return 'the path has a "." component'
    if (end - start === 2 && path.startsWith('..', start)) return 'the path has a ".." component'
    start = end + 1
  }
  return undefined
}

/** Bytes of the stored path, a lone surrogate counted as the one byte it stands for; counts no further than the bound. */
function utf8Length(path: string): number {
  if (path.length >= REFUSED_PATH_BYTES || path.length * 3 < REFUSED_PATH_BYTES) return path.length
  let length = 0
  for (const char of path) {
    const code = char.codePointAt(0) as number
    const single = code < 0x80 || (code >= 0xdc80 && code <= 0xdcff)
    length += single ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return length
}

/**
 * Strips leading `./` runs and one trailing `/`, so that `./x`, `x` and `x/` are one path; `.` and `./` become empty.
 * Changes nothing else: `/` stays, to be refused.
 *
 * @param path - as stored
 *
 * @example
 * ```ts
 * normalizeEntryPath('././etc/') // 'etc'
 * ```
 */
export function normalizeEntryPath(path: string): string {
  let start = 0
  while (path.startsWith('./', start)) start += 2
  const rest = path.slice(start)
  if (rest === '.') return ''
  return rest.length > 1 && rest.endsWith('/') ? rest.slice(0, -1) : rest
}
