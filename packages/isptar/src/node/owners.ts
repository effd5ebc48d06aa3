/** Names of users and groups by their numbers, from `/etc/passwd` and `/etc/group`, read once. */
import { readFileSync } from 'node:fs'
import { decodeText } from '../bytes/text.ts'

/** Gives names of owners; empty for a number without a name. */
export interface Owners {
  userName(uid: number): string
  groupName(gid: number): string
}

/** Reads the names this machine knows; a file that cannot be read names nobody. */
export function readOwners(): Owners {
  return parseOwners(readOrEmpty('/etc/passwd'), readOrEmpty('/etc/group'))
}

/**
 * Parses the text of both files: lines of fields between colons, the name first and the number third. Of several names
 * for one number the first counts, as it does for the system.
 *
 * @param passwd - bytes of `/etc/passwd`
 * @param group - bytes of `/etc/group`
 */
export function parseOwners(passwd: Uint8Array, group: Uint8Array): Owners {
  const users = parseNames(passwd)
  const groups = parseNames(group)
  return { userName: (uid) => users.get(uid) ?? '', groupName: (gid) => groups.get(gid) ?? '' }
}

function parseNames(bytes: Uint8Array): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of decodeText(bytes).split('\n')) {
    const [name, , id] = line.split(':', 3)
    if (name === undefined || name.startsWith('#') || id === undefined || !/^[0-9]{1,10}$/.test(id)) continue
    if (!names.has(Number(id))) names.set(Number(id), name)
  }
  return names
}

function readOrEmpty(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch {
    return new Uint8Array(0)
  }
}
