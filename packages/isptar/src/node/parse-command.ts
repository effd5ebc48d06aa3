/** Takes a command apart that somebody wrote in one string, and checks the `%` letters in it. */

/** How a command is meant. */
export interface CommandSyntax {
  /** Whether `/bin/sh` runs the text as it is. @defaultValue false: it is split into words and run without a shell */
  shell?: boolean | undefined
}

/** A `%` and what follows it. */
export const LETTER: RegExp = /%([^]|$)/gu

const BLANK = /[ \t\r\n]/

/**
 * Splits a command at blanks. Blanks are kept in `'…'`, in `"…"` and behind a backslash, as a shell has it; nothing else
 * of a shell is known. With `shell` the text stays whole.
 *
 * @param text - a program and its arguments
 * @param syntax - whether a shell is to run it
 * @returns the template for `runCommand`
 * @throws RangeError when there is no program, when a quote is open, or for a NUL character
 */
export function parseCommand(text: string, syntax: CommandSyntax = {}): readonly string[] {
  if (text.includes('\0')) throw new RangeError(`the command ${JSON.stringify(text)} has a NUL character`)
  const words = syntax.shell === true && text.trim() !== '' ? [text] : splitWords(text)
  if (words[0] === undefined || words[0] === '')
    throw new RangeError(`the command ${JSON.stringify(text)} names no program; write "program argument …"`)
  return words
}

/**
 * Checks that a command asks only for values there will be, so that a mistake shows before anything runs.
 *
 * @param template - from {@link parseCommand}
 * @param names - the names of the values; `%` and the first letter of one stands for it
 * @throws RangeError for another letter, or a `%` at the end
 */
export function checkTemplate(template: readonly string[], names: readonly string[]): void {
  for (const part of template) {
    for (const [found, letter = ''] of part.matchAll(LETTER)) {
      if (letter === '%' || nameOfLetter(names, letter) !== undefined) continue
      const known = names.map((name) => `%${name.charAt(0)} (${name})`)
      const list = [...known, '%% (a percent sign)'].join(', ')
      throw new RangeError(`${JSON.stringify(found)} in the command ${JSON.stringify(part)} is not one of ${list}`)
    }
  }
}

/** Finds the name that a letter stands for. */
export function nameOfLetter(names: readonly string[], letter: string): string | undefined {
  return letter === '' ? undefined : names.find((name) => name.startsWith(letter))
}

function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i)
    const next = text.charAt(i + 1)
    if (char === '\\' && (quote === '' || (quote === '"' && (next === '"' || next === '\\')))) {
      if (next === '') throw new RangeError(`the command ${JSON.stringify(text)} ends with a backslash`)
      word = (word ?? '') + next
      i += 1
    } else if (quote === '' ? char === "'" || char === '"' : char === quote) {
      quote = quote === '' ? char : ''
      word ??= ''
    } else if (quote === '' && BLANK.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quote !== '') throw new RangeError(`a ${quote} is not closed in the command ${JSON.stringify(text)}`)
  return word === undefined ? words : [...words, word]
}
