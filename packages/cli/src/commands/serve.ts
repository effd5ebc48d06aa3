/** Declares `isptar serve`. */
import type { Command } from 'commander'
import type { ServeCommandOptions } from '../actions/serve.ts'
import { BASE_OPTION, LISTING_OPTION } from '../base-options.ts'
import { ARCHIVE_HELP, examples, type Start, wholeNumber } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'

/** Adds `serve` to the tree. */
export function declareServe(program: Command, start: Start): void {
  const command = program
    .command('serve')
    .summary('look into archives in the browser')
    .description(
      'Show archives in a page of the browser, and give single files of them. Only programs of this machine that know the ' +
        'address can ask. Prints the address, and runs until it is interrupted.',
    )
    .argument('<archive...>', ARCHIVE_HELP)
    .option('--port <number>', 'the port of 127.0.0.1 to listen on (default: any free one)', wholeNumber(1, 65_535))
    .option('--no-open', 'open no browser; without a terminal none is opened')
    .option(...BASE_OPTION)
    .option(...LISTING_OPTION)
    .option(...FETCH_SLICE_OPTION)
    .addHelpText(
      'after',
      `
A file has an address, too: that of the page, then files/, the number of its
archive from 0, and its path: http://127.0.0.1:PORT/TOKEN/files/0/site/logo.png
` +
        examples(
          ['isptar serve site.tgz', 'look into an archive'],
          ['isptar serve https://example.org/site.tgz', 'a remote one, whose server need not allow other pages (CORS)'],
          ['isptar serve --no-open --port 8080 sun.tgz mon.tgz', 'two of them; open the address yourself'],
        ),
    )
  command.action((archives: string[], options: ServeCommandOptions) =>
    start(command, async (context) => {
      const { serve } = await import('../actions/serve.ts')
      return serve(archives, options, context)
    })(),
  )
}
