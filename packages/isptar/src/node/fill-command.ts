/**
 * Puts values into a command: into its arguments, and into variables of its environment. No shell ever sees a value as
 * part of its program: where one runs, it gets the names of the variables.
 */
import { encodeText } from '../bytes/text.ts'
import { LETTER, nameOfLetter } from './parse-command.ts'

/** A lone surrogate: it stands for a byte that is no part of UTF-8. */
const RAW_BYTE = /\p{Surrogate}/u

/** What to run: a program with its arguments, and variables to add to its environment. */
export interface FilledCommand {
  readonly argv: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

/** The values of a command by their names: `%` and the first letter of a name stands for its value. */
export type CommandValues = Readonly<Record<string, string>>

/**
 * Puts values in. One that begins with `-` gets `./` before it, so that no program takes a path for an option.
 *
 * @param template - from `parseCommand`, checked by `checkTemplate`
 * @param values - by their names; names are ASCII words
 * @param shell - whether `/bin/sh` is to run the template
 */
export function fillCommand(template: readonly string[], values: CommandValues, shell: boolean): FilledCommand {
  const names = Object.keys(values)
  const safe = new Map(names.map((name) => [name, guardDash(values[name] ?? '')]))
  const variables = Object.fromEntries(names.map((name) => [variableOf(name), safe.get(name) ?? '']))
  if (shell) return { argv: ['/bin/sh', '-c', toShellText(template.join(' '), names)], variables }
  const argv = template.map((part) =>
    part.replace(LETTER, (_, letter: string) =>
      letter === '%' ? '%' : (safe.get(nameOfLetter(names, letter) ?? '') ?? ''),
    ),
  )
  return { argv, variables }
}

/**
 * Node gives a program only arguments and variables that are UTF-8. Others are spelt out for a shell, which puts the
 * bytes together and then becomes the program.
 *
 * @param command - whose strings may have lone surrogates that stand for bytes
 */
export function spellOutBytes(command: FilledCommand): FilledCommand {
  const { argv, variables } = command
  if (![...argv, ...Object.values(variables)].some((text) => RAW_BYTE.test(text))) return command
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${toShellWord(value)}; `)
  return { argv: ['/bin/sh', '-c', `${exports.join('')}exec ${argv.map(toShellWord).join(' ')}`], variables: {} }
}

function variableOf(name: string): string {
  return `ISPTAR_${name.toUpperCase()}`
}

function guardDash(value: string): string {
  return value.startsWith('-') ? `./${value}` : value
}

/**
 * Replaces letters by variables, quoted for the place they stand at. Where quotes are misread, as in a here-document or
 * in `$(…)` between quotes, a value may be split at blanks; it is never run, for a shell does not read what a variable
 * gave.
 */
function toShellText(text: string, names: readonly string[]): string {
  const put = (part: string, pattern: RegExp, before: string, after: string): string =>
    part.replace(pattern, (found) => {
      if (found.startsWith('\\')) return found
      const name = nameOfLetter(names, found.slice(1))
      return name === undefined ? found.slice(1) : `${before}\${${variableOf(name)}}${after}`
    })
  return text.replace(/\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|%[^]/gu, (token) => {
    if (token.startsWith("'")) return put(token, LETTER, `'"`, `"'`)
    const quote = token.startsWith('"') ? '' : '"'
    return put(token, /\\[^]|%[^]/gu, quote, quote)
  })
}

/** A word that a shell reads as exactly these bytes; `$(…)` takes newlines off its end, so they stand outside. */
function toShellWord(text: string): string {
  if (!RAW_BYTE.test(text)) return `'${text.replaceAll("'", "'\\''")}'`
  const [, body = '', newlines = ''] = /^([^]*?)(\n*)$/.exec(text) ?? []
  const octal = Array.from(encodeText(body), (byte) => `\\${byte.toString(8).padStart(3, '0')}`)
  return `"$(printf '${octal.join('')}')"'${newlines}'`
}
