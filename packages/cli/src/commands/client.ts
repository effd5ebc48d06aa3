/** Declares `isptar client`. */
import type { Command } from 'commander'
import type { ClientOptions } from '../actions/client.ts'
import { examples, type Start } from '../declare.ts'
import { addWalkOptions } from '../walk-options.ts'

/** Adds `client` to the tree. */
export function declareClient(program: Command, start: Start): void {
  const command = program
    .command('client')
    .summary('send files to a server, which packs them')
    .description(
      'Send files and folders to `isptar server` on another machine, over standard input and output. Nothing is ' +
        'compressed here. `isptar pull` on the other machine does both by ssh.',
    )
    .argument('<path...>', 'files and folders to send')
    .option('-C, --directory <dir>', 'take paths from this folder')
    .option('--original', 'speak the protocol of the original isptar')
  addWalkOptions(command).addHelpText(
    'after',
    examples(
      ['socat EXEC:"isptar client /srv/site" TCP:nas:9000', 'to a server that listens: see isptar server --help'],
      ['socat EXEC:"isptar client --original /srv/site" TCP:nas:9000', 'to a server of the original isptar'],
    ),
  )
  command.action((paths: string[], options: ClientOptions) =>
    start(command, async (context) => {
      const { client } = await import('../actions/client.ts')
      return client(paths, options, context)
    })(),
  )
}
