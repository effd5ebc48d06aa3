/** Declares `isptar cat`. */
import type { Command } from 'commander'
import { BASE_OPTION, LISTING_OPTION, type RelativeOptions } from '../base-options.ts'
import { ARCHIVE_HELP, examples, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'
import { PART_OPTION, type PartOptions } from '../part-options.ts'

/** Adds `cat` to the tree. */
export function declareCat(program: Command, start: Start): void {
  const command = program
    .command('cat')
    .summary('write files of an archive to standard output')
    .description(
      'Write files of an archive to standard output, checked as they go. Nothing is written unless all exist.',
    )
    .argument('<archive>', ARCHIVE_HELP)
    .argument('<path...>', 'paths as `isptar list` prints them')
    .option(...BASE_OPTION)
    .option(...LISTING_OPTION)
    .option(...PART_OPTION)
    .option(...FETCH_SLICE_OPTION)
    .addHelpText(
      'after',
      examples(
        ['isptar cat site.tgz srv/site/robots.txt', 'print one file'],
        ['isptar cat https://example.org/site.tgz var/dump.sql.gz | zcat | less', 'page through a remote one'],
      ),
    )
  command.action((archive: string, paths: string[], options: RelativeOptions & PartOptions) =>
    start(command, async (context) => {
      const { cat } = await import('../actions/cat.ts')
      return cat(archive, paths, options, context)
    })(),
  )
}
