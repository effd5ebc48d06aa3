/** Declares `isptar split`. */
import type { Command } from 'commander'
import type { SplitOptions } from '../actions/split.ts'
import { LISTING_OPTION } from '../base-options.ts'
import { ARCHIVE_HELP, examples, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'
import { addSliceOptions } from '../slice-options.ts'

/** Adds `split` to the tree. */
export function declareSplit(program: Command, start: Start): void {
  const command = program
    .command('split')
    .summary('take a merged archive apart')
    .description(
      'Take a merged archive apart: each part becomes a full archive again, PREFIX, its name, SUFFIX. Data is moved as it is packed, and checked on its way.',
    )
    .argument('<archive>', ARCHIVE_HELP)
    .option('-C, --directory <dir>', 'write the archives into this folder, made when missing', '.')
    .option('--prefix <text>', 'what their names begin with', 'split_')
    .option('--suffix <text>', 'what their names end in', '.tgz')
    .option(...LISTING_OPTION)
    .option(...FETCH_SLICE_OPTION)
    .option('--force', 'replace archives of those names')
  addSliceOptions(command).addHelpText(
    'after',
    examples(
      ['isptar split week.tgz', 'split_sunday.tgz, split_monday.tgz and split_tuesday.tgz'],
      ['isptar split week.tgz -C /backups --prefix ""', 'under the names of the parts'],
    ),
  )
  command.action((archive: string, options: SplitOptions) =>
    start(command, async (context) => {
      const { split } = await import('../actions/split.ts')
      return split(archive, options, context)
    })(),
  )
}
