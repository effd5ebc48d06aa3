/** The completion script for bash. */
import type { Command } from 'commander'
import { describeCommands, type OptionWords, optionsOf, quote } from './command-words.ts'

/** Gives a script that bash sources. */
export function bashCompletion(program: Command): string {
  const commands = describeCommands(program)
  const names = commands.flatMap((command) => command.names)
  const cases = commands.map(
    ({ names: own, options, choices }) =>
      `    ${own.join('|')}) words=${quote(flags(options))} choices=${quote(choices.join(' '))} ;;`,
  )
  return `# bash completion for isptar
_isptar() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command= words= choices= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $command in
    '') words=${quote(flags(optionsOf(program)))} choices=${quote(names.join(' '))} ;;
${cases.join('\n')}
  esac
  COMPREPLY=()
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  elif [[ -n $choices ]]; then
    COMPREPLY=($(compgen -W "$choices" -- "$cur"))
  fi
}
complete -o bashdefault -o default -F _isptar isptar
`
}

function flags(options: readonly OptionWords[]): string {
  return options
    .flatMap(({ short, long }) => [short, long])
    .filter((flag) => flag !== undefined)
    .join(' ')
}
