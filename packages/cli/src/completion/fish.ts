/** The completion script for fish. */
import type { Command } from 'commander'
import { describeCommands, type OptionWords, optionsOf, valueKind } from './command-words.ts'

/** Gives a script that fish sources. */
export function fishCompletion(program: Command): string {
  const commands = describeCommands(program)
  const lines = ['# fish completion for isptar']
  for (const option of optionsOf(program)) lines.push(completeOption('__fish_use_subcommand', option))
  for (const { names, description } of commands)
    for (const name of names)
      lines.push(`complete -c isptar -f -n __fish_use_subcommand -a ${name} -d ${quoteFish(description)}`)
  for (const { names, options, choices } of commands) {
    const condition = quoteFish(`__fish_seen_subcommand_from ${names.join(' ')}`)
    for (const option of options) lines.push(completeOption(condition, option))
    if (choices.length > 0) lines.push(`complete -c isptar -f -n ${condition} -a ${quoteFish(choices.join(' '))}`)
  }
  return `${lines.join('\n')}\n`
}

function completeOption(condition: string, { short, long, description, value }: OptionWords): string {
  const words = [
    short && `-s ${short.slice(1)}`,
    long && `-l ${long.slice(2)}`,
    value && (valueKind(value) === 'other' ? '-x' : '-r'),
    value && valueKind(value) === 'folder' && `-a '(__fish_complete_directories)'`,
  ]
  const flags = words.filter((word) => typeof word === 'string' && word !== '').join(' ')
  return `complete -c isptar -n ${condition} ${flags} -d ${quoteFish(description)}`
}

function quoteFish(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
