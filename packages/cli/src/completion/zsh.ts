/** The completion script for zsh. */
import type { Command } from 'commander'
import { type CommandWords, describeCommands, type OptionWords, optionsOf, quote, valueKind } from './command-words.ts'

const ACTIONS = { folder: '_files -/', file: '_files', other: '' } as const

/** Gives a script that zsh autoloads as `_isptar`. */
export function zshCompletion(program: Command): string {
  const commands = describeCommands(program)
  const described = commands.flatMap(({ names, description }) =>
    names.map((name) => `    ${quote(`${name}:${description.replaceAll(':', '\\:')}`)}`),
  )
  return `#compdef isptar

_isptar() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C -s \\
${optionsOf(program).map(argument).join('\n')}
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command) _isptar_commands ;;
    argument)
      case $line[1] in
${commands.map(commandCase).join('\n')}
      esac ;;
  esac
}

_isptar_commands() {
  local -a commands=(
${described.join('\n')}
  )
  _describe command commands
}

if [[ $funcstack[1] == _isptar ]]; then
  _isptar "$@"
else
  compdef _isptar isptar
fi
`
}

function commandCase({ names, options, choices }: CommandWords): string {
  const rest = choices.length > 0 ? `'1:value:(${choices.join(' ')})'` : `'*:file:_files'`
  return `        ${names.join('|')})
          _arguments -s \\
${options.map(argument).join('\n')}
            ${rest} ;;`
}

function argument({ short, long, description, value }: OptionWords): string {
  const text = description.replaceAll(/[[\]:\\]/g, '\\$&')
  const action = value === undefined ? '' : `:${value.replaceAll(':', '\\:')}:${ACTIONS[valueKind(value)]}`
  const both = [short, long].filter((flag) => flag !== undefined)
  return both.map((flag) => `            ${quote(`*${flag}[${text}]${action}`)} \\`).join('\n')
}
