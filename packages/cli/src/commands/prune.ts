/** Declares `isptar prune`. */
import type { Command } from 'commander'
import type { PruneOptions } from '../actions/prune.ts'
import { ARCHIVE_HELP, collect, examples, type Start, wholeNumber } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'

const count = wholeNumber(0, 1_000_000)

/** Adds `prune` to the tree. */
export function declarePrune(program: Command, start: Start): void {
  const command = program
    .command('prune')
    .summary('say which old archives may go, or delete them')
    .description(
      'Say which archives of a backup stay and which may go; with --delete, delete these, with all their slices. Each ' +
        'rule keeps the newest archive of each of so many days, weeks, months or years that have one. What an archive ' +
        'that stays needs stays, too.',
    )
    .argument('<archive...>', `all archives of the backup; each ${ARCHIVE_HELP}`)
    .option('--keep-last <n>', 'keep the newest', count)
    .option('--daily <n>', 'keep one a day', count)
    .option('--weekly <n>', 'keep one a week; weeks begin on Monday', count)
    .option('--monthly <n>', 'keep one a month', count)
    .option('--yearly <n>', 'keep one a year', count)
    .option('--keep <archive>', 'keep this one, whatever the rules say; may be repeated', collect)
    .option('--exact', 'look which bases are really needed; costs a reading of each listing')
    .option('--utc', 'days begin at midnight UTC, not local time')
    .option('--delete', 'delete what may go, newest first; without this, nothing is deleted')
    .option('--json', 'one JSON object a line')
    .option(...FETCH_SLICE_OPTION)
    .addHelpText(
      'after',
      `
Name every archive of the backup: one that is not named is not known to need
anything. Where one that stays needs a base that is not named, standard error
says so. Nothing is deleted when one of them cannot be read. Archives of the
original program stay: they do not say when they were written. A differential
of it does not say either what it needs, so with one of those everything stays.
` +
        examples(
          ['isptar prune --daily 7 --weekly 4 --monthly 12 backups/*', 'what would go'],
          ['isptar prune --daily 7 --weekly 4 --monthly 12 --delete backups/*', 'away with it'],
        ),
    )
  command.action((archives: string[], options: PruneOptions) =>
    start(command, async (context) => {
      const { prune } = await import('../actions/prune.ts')
      return prune(archives, options, context)
    })(),
  )
}
