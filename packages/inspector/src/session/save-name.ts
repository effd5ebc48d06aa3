/** Names for files that are saved: what an archive calls them may be anything. */

/** Bytes of UTF-8; file systems take 255. */
const MAX_NAME_BYTES = 200
/** What separates folders or means something to a system, and what cannot be seen or reorders what is seen. */
const UNFIT = /[/\\:*?"<>|]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
/** Devices of Windows, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/iu

/** Gives a name that every system takes, of the last part of a path; `file` where nothing of it is left. */
export function saveName(path: string): string {
  const clean = path.slice(path.lastIndexOf('/') + 1).replace(UNFIT, '_')
  const trimmed = shortened(clean.trim()).replace(/[. ]+$/u, '')
  if (trimmed === '') return 'file'
  return RESERVED.test(trimmed) ? `_${trimmed}` : trimmed
}

/**
 * Gives the name of an archive of a selection: the folder's, where it is one folder or file, else the archive's own.
 *
 * @param archiveName - as it is called: `site.tgz`, `site.tgz.part1`, …
 */
export function archiveSaveName(archiveName: string, paths: readonly string[]): string {
  const [path = ''] = paths
  if (paths.length === 1 && path !== '') return `${saveName(path)}.tar.gz`
  const stem = saveName(archiveName).replace(/\.part[0-9]+$/iu, '')
  return `${stem.replace(/(\.tar)?\.(gz|tgz)$|\.tgz$/iu, '') || 'archive'}-selection.tar.gz`
}

/** Cuts the beginning, and leaves the extension. */
function shortened(name: string): string {
  if (utf8Bytes(name) <= MAX_NAME_BYTES) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && utf8Bytes(name.slice(dot)) <= 20 ? name.slice(dot) : ''
  const room = MAX_NAME_BYTES - utf8Bytes(extension)
  // Characters are read as far as they fit whole.
  const { read } = new TextEncoder().encodeInto(name, new Uint8Array(room))
  return name.slice(0, read) + extension
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length
}
