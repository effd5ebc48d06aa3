/** Permissions as `ls -l` and `tar -tv` print them. */
import type { EntryType } from 'isptar'

const TYPE_LETTER: Readonly<Record<EntryType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  hardlink: 'h',
  fifo: 'p',
  char: 'c',
  block: 'b',
}

/**
 * Gives ten characters such as `drwxr-sr-x`.
 *
 * @param type - what the entry is; `h` stands for a hardlink, as in tar
 * @param mode - permission bits with setuid, setgid and sticky
 */
export function modeString(type: EntryType, mode: number): string {
  return (
    TYPE_LETTER[type] +
    triple(mode >> 6, mode & 0o4000, 's') +
    triple(mode >> 3, mode & 0o2000, 's') +
    triple(mode, mode & 0o1000, 't')
  )
}

function triple(bits: number, special: number, letter: string): string {
  const execute = bits & 1 ? 'x' : '-'
  const last = special === 0 ? execute : bits & 1 ? letter : letter.toUpperCase()
  return (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + last
}
