/** What the roots of a walk are called in the archive: relative paths, as tar makes them (SPEC 3.5). */
import { decodeText } from '../bytes/text.ts'

const SLASH = 0x2f

/** A root as given, and what stands for it in the archive. */
export interface RootPath {
  /** Where it lies in the file system. */
  readonly sourcePath: Buffer
  /** Its path in the archive; empty for `.`, whose content is stored without a prefix. */
  readonly path: Buffer
  /** What was taken off the path, when that is worth saying. */
  readonly notice: string | undefined
}

/**
 * Takes off what must not stand in an archive: a leading `/`, everything up to the last `..`, and `.` components.
 *
 * @param root - as the caller gave it
 * @param cwd - folder in which a relative root lies; the present one when undefined
 * @throws TypeError when it is empty or has a NUL
 */
export function toRootPath(root: string | Buffer, cwd?: string | Buffer): RootPath {
  const given = Buffer.from(root)
  if (given.length === 0) throw new TypeError('a root is the empty string; the present folder is "."')
  if (given.includes(0)) throw new TypeError(`the root ${JSON.stringify(decodeText(given))} has a NUL character`)
  const parts = given
    .toString('latin1')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  const kept = parts.slice(parts.lastIndexOf('..') + 1)
  const isAbsolute = given[0] === SLASH
  const below = parts.length === 0 ? Buffer.alloc(0) : given
  const sourcePath = cwd === undefined || isAbsolute ? given : joinPath(Buffer.from(cwd), below)
  return {
    sourcePath,
    path: Buffer.from(kept.join('/'), 'latin1'),
    notice: noticeOf(given, kept.length < parts.length),
  }
}

function noticeOf(given: Buffer, climbs: boolean): string | undefined {
  if (!climbs && given[0] !== SLASH) return undefined
  const what = climbs ? 'everything up to the last ".."' : 'the leading "/"'
  return `${what} was taken off ${JSON.stringify(decodeText(given))}: paths in an archive are relative`
}

/**
 * Joins a folder and what is in it; when one of them is empty, gives the other.
 *
 * @param folder - with or without a `/` at its end
 * @param name - a name, or a relative path
 */
export function joinPath(folder: Buffer, name: Buffer): Buffer {
  if (folder.length === 0) return name
  if (name.length === 0) return folder
  return joinName(folder, name.toString('latin1'))
}

/**
 * Joins a folder and what is in it; an empty folder adds nothing.
 *
 * @param folder - with or without a `/` at its end
 * @param name - bytes as characters
 */
export function joinName(folder: Buffer, name: string): Buffer {
  const { length } = folder
  const start = length === 0 || folder[length - 1] === SLASH ? length : length + 1
  const joined = Buffer.allocUnsafe(start + name.length)
  joined.set(folder)
  if (start > length) joined[length] = SLASH
  joined.write(name, start, 'latin1')
  return joined
}
