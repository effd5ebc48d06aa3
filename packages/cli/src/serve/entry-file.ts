/** Answers with the data of one file of an archive. */
import type { Archive, Entry } from 'isptar'
import { isShown, typeOf, withCharset } from './content-type.ts'
import { contentDisposition, policyOf } from './headers.ts'
import type { Content } from './send-content.ts'

/** More hardlinks in a row than any archive has; the library follows as many. */
const MAX_LINKS = 40

/**
 * Finds a file, or why there is none to give.
 *
 * @param path - as it came from the address
 * @returns words for people where there is no file of that path
 */
export async function findFile(archive: Archive, path: string, signal: AbortSignal): Promise<Content | string> {
  const named = await archive.find(path, { signal })
  if (named === undefined) return 'the archive has no entry of this path'
  const entry = await followLinks(archive, named, signal)
  if (entry?.type !== 'file') return `this is a ${named.type}: it has no data`
  const { sizeBytes } = entry
  const name = named.path.replace(/^.*\//s, '')
  const type = typeOf(name)
  const disposition = contentDisposition(isShown(type), name)
  return {
    sizeBytes,
    etag: etagOf(entry),
    warning: entry.dirty ? 'it changed while it was packed; parts of it may not fit together' : undefined,
    headers: (beginning) => ({
      'content-disposition': disposition,
      'content-security-policy': policyOf(type),
      'content-type': withCharset(type, beginning),
    }),
    read: (range) => entry.stream({ ...range, signal }),
  }
}

/** Gives the entry that has the data of a hardlink. */
async function followLinks(archive: Archive, named: Entry, signal: AbortSignal): Promise<Entry | undefined> {
  let entry: Entry | undefined = named
  for (let links = 0; entry?.type === 'hardlink' && links < MAX_LINKS; links += 1)
    entry = await archive.find(entry.linkTarget ?? '', { signal })
  return entry
}

/** By the CRC-32 that is recorded; where none is, by the line, since an address is that of one run on one archive. */
function etagOf({ columns, place, sizeBytes }: Entry): string {
  const crc = columns.get('crc') ?? ''
  return `"${/^[\da-f]{8}$/.test(crc) ? crc : `line${place.line}`}-${sizeBytes.toString(36)}"`
}
