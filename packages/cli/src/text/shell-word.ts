/**
 * Words for a POSIX shell on another machine, which gets its command line as one text. Single quotes keep everything but
 * themselves. Bytes that are not UTF-8 cannot stand in an argument of ours: the shell's `printf` makes them there.
 */
import { encodeText } from 'isptar'

const LONE_SURROGATE = /[\udc80-\udcff]/u

/**
 * Gives the command line whose words are these, whatever is in them.
 *
 * @param words - bytes that are not UTF-8 as lone surrogates; without NUL
 */
export function shellLine(words: readonly string[]): string {
  const made: string[] = []
  const shown = words.map((word) => {
    if (!LONE_SURROGATE.test(word)) return quote(word)
    made.push(`isptar_${made.length}=$(printf ${quote(`${octal(word)}x`)})`)
    return `"\${isptar_${made.length - 1}%x}"`
  })
  return [...made, shown.join(' ')].join('; ')
}

function quote(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** The last `x`, taken off again, keeps newlines at the end, which `$(…)` would drop. */
function octal(word: string): string {
  return Array.from(encodeText(word), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
