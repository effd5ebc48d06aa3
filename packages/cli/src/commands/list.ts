/** Declares `isptar list`. */
import type { Command } from 'commander'
import type { ListOptions } from '../actions/list.ts'
import { LISTING_OPTION } from '../base-options.ts'
import { ARCHIVE_HELP, examples, PATTERN_HELP, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'
import { PART_OPTION } from '../part-options.ts'

/** Adds `list` to the tree. */
export function declareList(program: Command, start: Start): void {
  const command = program
    .command('list')
    .alias('ls')
    .summary('list what an archive holds')
    .description('List what an archive holds, in the order it is stored. Costs one or two reads, whatever its size.')
    .argument('<archive>', ARCHIVE_HELP)
    .argument('[pattern...]', PATTERN_HELP)
    .option('-l, --long', 'mode, owner, size, packed size, time, name and link target')
    .option('--human', 'sizes as 1.5K, 20M')
    .option('--utc', 'times in UTC instead of local time')
    .option('--tree', 'as a tree of folders')
    .option('--json', 'one JSON object a line')
    .option('-0, --null', 'end each name with NUL instead of a newline')
    .option(...LISTING_OPTION)
    .option(...PART_OPTION)
    .option(...FETCH_SLICE_OPTION)
    .addHelpText(
      'after',
      examples(
        ['isptar list site.tgz', 'every path, one a line'],
        ['isptar list -l --human site.tgz "*.jpg"', 'with sizes and times, images only'],
        ['isptar list --json site.tgz | jq -r "select(.size > 1e6) | .path"', 'large files'],
        ['isptar list --null site.tgz srv/www | xargs -0 …', 'safe for any name'],
      ),
    )
  command.action((archive: string, patterns: string[], options: ListOptions) =>
    start(command, async (context) => {
      const { list } = await import('../actions/list.ts')
      return list(archive, patterns, options, context)
    })(),
  )
}
