/** What the declarations of all commands share: how their work starts, examples in help, arguments that come again. */
import { type Command, InvalidArgumentError } from 'commander'
import type { Context } from './context.ts'

/** The work of a command; gives the exit code. */
export type Action = (context: Context) => Promise<number>

/** Makes what the parser calls from what a command does. */
export type Start = (command: Command, action: Action) => () => Promise<void>

/** How every command that reads describes its archive. */
export const ARCHIVE_HELP = 'a file, the name of a sliced archive, or an http(s) URL'

/** How commands describe what picks entries. */
export const PATTERN_HELP = 'a path, a folder, or a glob such as "*.conf" or "etc/**"'

/** Gives the part of a help text that shows how a command is used. */
export function examples(...lines: readonly (readonly [commandLine: string, purpose: string])[]): string {
  const shown = lines.map(([commandLine, purpose]) => `  $ ${commandLine}\n      ${purpose}`)
  return `\nExamples:\n${shown.join('\n')}`
}

/** Gathers an option that may come several times. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value]
}

/**
 * Makes a parser of whole numbers for an option.
 *
 * @throws InvalidArgumentError from the parser, when the value is no number from `min` to `max`
 */
export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= min && number <= max) return number
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER
        ? `It must be a whole number from ${min}.`
        : `It must be a whole number from ${min} to ${max}.`,
    )
  }
}

const SIZE_UNITS = ['', 'K', 'M', 'G', 'T', 'P']

/**
 * Makes a parser of sizes for an option: bytes, or with K, M, G, T or P powers of 1024.
 *
 * @throws InvalidArgumentError from the parser, when the value is no size, or not one from `min` to `max` bytes
 */
export function byteSize(min: number, max: number = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const [, digits, unit = ''] = /^(\d+)([KMGTP]?)(?:i?B)?$/i.exec(value) ?? []
    const bytes = Number(digits) * 1024 ** SIZE_UNITS.indexOf(unit.toUpperCase())
    if (Number.isSafeInteger(bytes) && bytes >= min && bytes <= max) return bytes
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER
        ? `It must be a size such as 700M, of at least ${min} bytes.`
        : `It must be a size such as 64K, of ${min} to ${max} bytes.`,
    )
  }
}
