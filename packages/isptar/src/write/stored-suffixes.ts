/** Which files are not worth deflating, told by their names: they are compressed already. */
import { decodeText } from '../bytes/text.ts'

/** Suffixes of compressed formats, lower case with their dot: stored by default. */
export const STORED_SUFFIXES: readonly string[] = [
  ...['.gz', '.tgz', '.bz2', '.xz', '.zst', '.lz4', '.br', '.7z', '.rar', '.zip', '.jar', '.apk', '.deb', '.rpm'],
  ...['.jpg', '.jpeg', '.png', '.gif', '.webp', '.avif', '.heic', '.mp3', '.m4a', '.aac', '.ogg', '.opus', '.flac'],
  ...['.mp4', '.m4v', '.mkv', '.mov', '.webm', '.avi', '.woff', '.woff2', '.docx', '.xlsx', '.pptx', '.odt', '.epub'],
]

/**
 * Makes a test for paths that end in one of the suffixes; letter case does not matter.
 *
 * @param suffixes - each with its dot
 * @returns takes an entry's path
 */
export function createStoredTest(suffixes: readonly string[]): (path: Uint8Array) => boolean {
  // Every path ends in nothing.
  if (suffixes.includes('')) return () => true
  const lower = suffixes.map((suffix) => suffix.toLowerCase())
  // Few names even end with the last letter of one; beyond ASCII letter case is not told by one byte.
  const ends = new Set(lower.flatMap((suffix) => bothCases(suffix.charCodeAt(suffix.length - 1))))
  return (path) => {
    const last = path[path.length - 1] ?? 0
    if (last < 0x80 && !ends.has(last)) return false
    const text = decodeText(path).toLowerCase()
    return lower.some((suffix) => text.endsWith(suffix))
  }
}

function bothCases(code: number): number[] {
  return [code, String.fromCharCode(code).toUpperCase().charCodeAt(0)]
}
