/** Declares `isptar server`. */
import type { Command } from 'commander'
import type { ServerOptions } from '../actions/server.ts'
import { examples, type Start } from '../declare.ts'
import { addReceiveOptions } from '../receive-options.ts'

/** Adds `server` to the tree. */
export function declareServer(program: Command, start: Start): void {
  const command = program
    .command('server')
    .summary('pack the files that a client sends')
    .description(
      'Pack the files that `isptar client` on another machine sends over standard input and output, or the client of ' +
        'the original isptar. The archive appears under its name only when it is whole.',
    )
    .argument('<archive>', 'the file to write')
  addReceiveOptions(command).addHelpText(
    'after',
    examples(
      ['socat TCP-LISTEN:9000 EXEC:"isptar server site.tgz"', 'for one client; anyone who connects is served'],
      ['socat EXEC:"ssh web isptar client /srv" EXEC:"isptar server srv.tgz"', 'what isptar pull does'],
    ),
  )
  command.action((archive: string, options: ServerOptions) =>
    start(command, async (context) => {
      const { server } = await import('../actions/server.ts')
      return server(archive, options, context)
    })(),
  )
}
