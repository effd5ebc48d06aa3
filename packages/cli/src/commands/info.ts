/** Declares `isptar info`. */
import type { Command } from 'commander'
import type { InfoOptions } from '../actions/info.ts'
import { ARCHIVE_HELP, examples, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'

/** Adds `info` to the tree. */
export function declareInfo(program: Command, start: Start): void {
  const command = program
    .command('info')
    .summary('describe an archive')
    .description(
      'Describe an archive: who wrote it and when, what it holds, and what it took to find out. --verbose names the parts of a merged one.',
    )
    .argument('<archive>', ARCHIVE_HELP)
    .option('--json', 'as one JSON object')
    .option(...FETCH_SLICE_OPTION)
    .addHelpText(
      'after',
      examples(
        ['isptar info site.tgz', 'a summary'],
        ['isptar info --json https://example.org/site.tgz | jq .identity', 'for programs'],
      ),
    )
  command.action((archive: string, options: InfoOptions) =>
    start(command, async (context) => {
      const { info } = await import('../actions/info.ts')
      return info(archive, options, context)
    })(),
  )
}
