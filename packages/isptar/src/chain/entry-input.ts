/** Describes an entry of one archive for the writer of another. */
import type { Entry } from '../read/entry.ts'
import type { EntryInput } from '../write/entry-input.ts'

/**
 * Gives what the writer asks for. Format 1 has no times but those of files: such entries get the new archive's.
 *
 * @param entry - of any archive
 */
export function describeForWriter(entry: Entry): EntryInput {
  const { pathBytes, type, mode, uid, gid, userName, groupName, mtime, sizeBytes, device, xattrs } = entry
  const isLink = type === 'symlink' || type === 'hardlink'
  return {
    path: pathBytes,
    type,
    mode,
    uid,
    gid,
    userName,
    groupName,
    ...(mtime && { mtime }),
    ...(type === 'file' && { sizeBytes }),
    ...(isLink && { linkTarget: entry.linkTargetBytes }),
    ...(device && { device }),
    ...(xattrs.size > 0 && { xattrs }),
  }
}
