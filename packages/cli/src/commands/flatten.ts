/** Declares `isptar flatten`. */
import type { Command } from 'commander'
import type { FlattenOptions } from '../actions/flatten.ts'
import { BASE_OPTION, LISTING_OPTION } from '../base-options.ts'
import { ARCHIVE_HELP, examples, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'
import { PART_OPTION } from '../part-options.ts'
import { addSliceOptions } from '../slice-options.ts'

/** Adds `flatten` to the tree. */
export function declareFlatten(program: Command, start: Start): void {
  const command = program
    .command('flatten')
    .summary('make a full archive of a differential one')
    .description(
      'Make a full archive of a differential one and its bases. Data is moved as it is packed, and checked on its way.',
    )
    .argument('<archive>', ARCHIVE_HELP)
    .argument('<new>', 'the file to write, or - for standard output')
    .option(...BASE_OPTION)
    .option(...LISTING_OPTION)
    .option(...PART_OPTION)
    .option(...FETCH_SLICE_OPTION)
    .option('--force', 'replace an archive of that name')
  addSliceOptions(command).addHelpText(
    'after',
    examples(
      ['isptar flatten wednesday.tgz full.tgz', 'with the bases that lie beside it'],
      ['isptar flatten wednesday.tgz full.tgz --base /old/tuesday.tgz --base /old/sunday.tgz', 'with these'],
      ['isptar flatten week.tgz tuesday.tgz --part tuesday', 'one part of a merged archive, alone'],
    ),
  )
  command.action((archive: string, name: string, options: FlattenOptions) =>
    start(command, async (context) => {
      const { flatten } = await import('../actions/flatten.ts')
      return flatten(archive, name, options, context)
    })(),
  )
}
