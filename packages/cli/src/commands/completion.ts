/** Declares `isptar completion`. */
import { Argument, type Command } from 'commander'
import { type Shell, SHELLS } from '../completion/shells.ts'
import { examples, type Start } from '../declare.ts'

/** Adds `completion` to the tree. */
export function declareCompletion(program: Command, start: Start): void {
  const command = program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Print a script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        ['isptar completion bash > ~/.local/share/bash-completion/completions/isptar', 'for bash'],
        ['isptar completion zsh > "${fpath[1]}/_isptar"', 'for zsh'],
        ['isptar completion fish > ~/.config/fish/completions/isptar.fish', 'for fish'],
      ),
    )
  command.action((shell: Shell) =>
    start(command, async (context) => {
      const { completion } = await import('../actions/completion.ts')
      return completion(shell, program, context)
    })(),
  )
}
