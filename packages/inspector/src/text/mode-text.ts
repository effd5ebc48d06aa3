/** Permission bits for people. */

const BITS = 'rwxrwxrwx'
/** Where setuid, setgid and sticky are shown, and as what: over execution, or without. */
const SPECIAL = [
  { bit: 0o4000, at: 2, set: 's', alone: 'S' },
  { bit: 0o2000, at: 5, set: 's', alone: 'S' },
  { bit: 0o1000, at: 8, set: 't', alone: 'T' },
] as const

const LETTERS: Readonly<Record<string, string>> = {
  directory: 'd',
  folder: 'd',
  symlink: 'l',
  fifo: 'p',
  char: 'c',
  block: 'b',
}

/** Gives them as `ls -l` does: `-rw-r--r--`. */
export function modeText(type: string, mode: number): string {
  const letters = Array.from(BITS, (letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-'))
  for (const { bit, at, set, alone } of SPECIAL) if (mode & bit) letters[at] = letters[at] === 'x' ? set : alone
  return (LETTERS[type] ?? '-') + letters.join('')
}

/** Gives them in octal: `0644`. */
export function octalText(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
