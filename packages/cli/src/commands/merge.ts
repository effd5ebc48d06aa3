/** Declares `isptar merge`. */
import type { Command } from 'commander'
import type { MergeOptions } from '../actions/merge.ts'
import { examples, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'
import { addSliceOptions } from '../slice-options.ts'

/** Adds `merge` to the tree. */
export function declareMerge(program: Command, start: Start): void {
  const command = program
    .command('merge')
    .summary('make one archive of several, each a part of it')
    .description(
      'Make one archive of several, oldest first. Each becomes a part of it, with what it takes from its bases. Data is moved as it is packed, and checked on its way.',
    )
    .argument('<new>', 'the file to write, or - for standard output')
    .argument(
      '<archive...>',
      'what to merge: [NAME=]ARCHIVE, where NAME names the part, else the file does; ARCHIVE:PART takes one part of a merged archive, ARCHIVE alone all its parts',
    )
    .option('--single-part', 'put all entries into one archive without parts; of one path the last counts')
    .option(...FETCH_SLICE_OPTION)
    .option('--force', 'replace an archive of that name')
  addSliceOptions(command).addHelpText(
    'after',
    examples(
      ['isptar merge week.tgz sunday.tgz monday.tgz tuesday.tgz', 'a full archive and its differentials'],
      ['isptar list week.tgz --part monday', 'what one of them holds'],
      ['isptar merge two.tgz old=backup-1.tgz week.tgz:tuesday', 'under another name; a part of a merged archive'],
    ),
  )
  command.action((name: string, archives: string[], options: MergeOptions) =>
    start(command, async (context) => {
      const { merge } = await import('../actions/merge.ts')
      return merge(name, archives, options, context)
    })(),
  )
}
