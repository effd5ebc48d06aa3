/** Recognises folders that hold nothing but a cache (https://bford.info/cachedir/). */
import type { TreeFileSystem } from './tree-file-system.ts'
import { joinName } from './root-path.ts'

/** Name of the file that says so. */
export const CACHE_TAG = 'CACHEDIR.TAG'

const SIGNATURE = Buffer.from('Signature: 8a477f597d28d172789f06886806bc55')

/**
 * Tells whether a folder is tagged as a cache: its tag is a regular file that begins with the signature.
 *
 * @param folder - its path
 * @param fileSystem - where it lies
 */
export function isCacheFolder(folder: Buffer, fileSystem: TreeFileSystem): boolean {
  const tag = joinName(folder, CACHE_TAG)
  let fd: number | undefined
  try {
    if (fileSystem.lstat(tag)?.isFile() !== true) return false
    fd = fileSystem.open(tag)
    const start = Buffer.alloc(SIGNATURE.length)
    return fileSystem.read(fd, start, 0) === start.length && start.equals(SIGNATURE)
  } catch {
    // A tag that cannot be read tags nothing; the walk reports the file itself.
    return false
  } finally {
    if (fd !== undefined) fileSystem.close(fd)
  }
}
