/** Everything an archive says of its entries and all their data, as text that is compared quickly. */
import { type Archive, type Entry, isIsptarError } from 'isptar'

/** Describes an entry without its data. */
export function describeEntry(entry: Entry): string {
  const { type, mode, uid, gid, userName, groupName, mtime, sizeBytes, device, dirty, xattrs } = entry
  const names = [entry.pathBytes, entry.linkTargetBytes ?? []].map((bytes) => Buffer.from(bytes).toString('latin1'))
  return JSON.stringify([
    ...names,
    type,
    mode,
    uid,
    gid,
    userName,
    groupName,
    mtime,
    sizeBytes,
    device,
    dirty,
    [...xattrs],
  ])
}

/** Describes the data of a file, or of the file that a hardlink names. */
export async function describeData(archive: Archive, entry: Entry): Promise<string> {
  if (entry.type !== 'file' && entry.type !== 'hardlink') return ''
  return Buffer.from(await archive.bytes(entry)).toString('latin1')
}

/** Describes every entry with its data. */
export async function describeArchive(archive: Archive): Promise<string[]> {
  const found: string[] = []
  for await (const entry of archive.entries()) found.push(describeEntry(entry) + (await describeData(archive, entry)))
  return found
}

/**
 * Reads a damaged archive whole and holds it to what the sound one gives.
 *
 * @param open - opens the damaged archive
 * @param sound - from {@link describeArchive}
 * @returns whether something was refused, or all was right
 * @throws for anything wrong that was not refused by an error of this library
 */
export async function readDamaged(
  open: () => Promise<Archive>,
  sound: readonly string[],
): Promise<'refused' | 'right' | 'noticed'> {
  const entries: Entry[] = []
  let refused = false
  let archive: Archive
  try {
    archive = await open()
    for await (const entry of archive.entries()) entries.push(entry)
  } catch (error) {
    return refusal(error)
  }
  for (const [i, entry] of entries.entries()) {
    try {
      const found = describeEntry(entry) + (await describeData(archive, entry))
      if (found !== sound[i]) throw new Error(`wrong output for entry ${i}: ${found}`)
    } catch (error) {
      refused = refusal(error) === 'refused'
    }
  }
  if (entries.length !== sound.length) throw new Error(`${entries.length} entries for ${sound.length}`)
  return refused ? 'refused' : archive.notices.length > 0 ? 'noticed' : 'right'
}

function refusal(error: unknown): 'refused' {
  if (!isIsptarError(error)) throw error
  return 'refused'
}
