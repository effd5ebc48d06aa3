/** What a completion script must know of a command, read off the command tree. */
import type { Command, Option } from 'commander'

/** An option as a shell sees it. */
export interface OptionWords {
  readonly short: string | undefined
  readonly long: string | undefined
  readonly description: string
  /** What its value is called, when it takes one. */
  readonly value: string | undefined
}

/** A command as a shell sees it. */
export interface CommandWords {
  /** Its name and its alias. */
  readonly names: readonly string[]
  readonly description: string
  readonly options: readonly OptionWords[]
  /** The values its first argument can have, when they are fixed. */
  readonly choices: readonly string[]
}

/** Reads the whole tree. */
export function describeCommands(program: Command): readonly CommandWords[] {
  const common = optionsOf(program).filter((option) => option.long !== '--version')
  const commands = program.createHelp().visibleCommands(program)
  const described = commands.map((command) => ({
    names: [command.name(), ...command.aliases()],
    description: command.summary() || command.description(),
    options: command.name() === 'help' ? [] : merge(optionsOf(command), common),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }))
  const guides = program.commands.filter((command) => !commands.includes(command)).map((command) => command.name())
  const topics = described.flatMap((command) => command.names).filter((name) => name !== 'help')
  return described.map((command) =>
    command.names[0] === 'help' ? { ...command, choices: [...topics, ...guides] } : command,
  )
}

/** Reads the options that stand before a command. */
export function optionsOf(command: Command): readonly OptionWords[] {
  return command.createHelp().visibleOptions(command).map(optionWords)
}

function merge(own: readonly OptionWords[], common: readonly OptionWords[]): readonly OptionWords[] {
  const taken = new Set(own.map((option) => option.long))
  return [...own, ...common.filter((option) => !taken.has(option.long))]
}

function optionWords(option: Option): OptionWords {
  return {
    short: option.short,
    long: option.long,
    description: option.description,
    value: option.required ? (/<(.+)>/.exec(option.flags)?.[1] ?? 'value') : undefined,
  }
}

/** Tells whether a value named so is a folder, a file or something a shell cannot know. */
export function valueKind(value: string): 'folder' | 'file' | 'other' {
  if (value === 'dir') return 'folder'
  return value === 'file' || value === 'archive' || value === 'catalogue' ? 'file' : 'other'
}

/** Quotes a text for a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
