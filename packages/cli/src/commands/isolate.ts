/** Declares `isptar isolate`. */
import type { Command } from 'commander'
import type { IsolateOptions } from '../actions/isolate.ts'
import { ARCHIVE_HELP, examples, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'

/** Adds `isolate` to the tree. */
export function declareIsolate(program: Command, start: Start): void {
  const command = program
    .command('isolate')
    .summary('copy the catalogue out of an archive')
    .description(
      'Copy the catalogue out of an archive: a small archive of its own, which lists the other and serves as its base, without the data.',
    )
    .argument('<archive>', ARCHIVE_HELP)
    .argument('<new>', 'the file to write, or - for standard output')
    .option(...FETCH_SLICE_OPTION)
    .option('--force', 'replace a file of that name')
    .addHelpText(
      'after',
      examples(
        ['isptar isolate https://example.org/site.tgz site.cat', 'what a remote archive holds, to look into at home'],
        ['isptar create tuesday.tgz site --base site.cat', 'only what has changed since'],
        ['isptar extract site.tgz --listing site.cat', 'where the end of the archive is lost'],
      ),
    )
  command.action((archive: string, name: string, options: IsolateOptions) =>
    start(command, async (context) => {
      const { isolate } = await import('../actions/isolate.ts')
      return isolate(archive, name, options, context)
    })(),
  )
}
