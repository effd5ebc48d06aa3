/** Which files are not worth deflating, told by their names: they are compressed already. */

/** Suffixes of compressed formats, lower case with their dot: stored by default. */
export const STORED_SUFFIXES: readonly string[] = [
  ...['.gz', '.tgz', '.bz2', '.xz', '.zst', '.lz4', '.br', '.7z', '.rar', '.zip', '.jar', '.apk', '.deb', '.rpm'],
  ...['.jpg', '.jpeg', '.png', '.gif', '.webp', '.avif', '.heic', '.mp3', '.m4a', '.aac', '.ogg', '.opus', '.flac'],
  ...['.mp4', '.m4v', '.mkv', '.mov', '.webm', '.avi', '.woff', '.woff2', '.docx', '.xlsx', '.pptx', '.odt', '.epub'],
]

/**
 * Tells whether a path ends in one of the suffixes; letter case does not matter.
 *
 * @param path - an entry's path
 * @param suffixes - lower case, each with its dot
 */
export function isStored(path: string, suffixes: readonly string[]): boolean {
  const lower = path.toLowerCase()
  return suffixes.some((suffix) => lower.endsWith(suffix))
}
