/** Declares `isptar extract`. */
import { type Command, Option } from 'commander'
import type { ExtractOptions } from '../actions/extract.ts'
import { BASE_OPTION, LISTING_OPTION } from '../base-options.ts'
import { ARCHIVE_HELP, examples, PATTERN_HELP, type Start, wholeNumber } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'
import { PART_OPTION } from '../part-options.ts'

/** Adds `extract` to the tree. */
export function declareExtract(program: Command, start: Start): void {
  const command = program
    .command('extract')
    .alias('x')
    .summary('restore files and folders')
    .description(
      'Restore files and folders. Reads only what is asked for, checks it, and never writes outside the target folder.',
    )
    .argument('<archive>', ARCHIVE_HELP)
    .argument('[path...]', `${PATTERN_HELP}; all when none is given`)
    .option('-C, --directory <dir>', 'restore into this folder, made when missing (default: this one)')
    .option('--strip-components <count>', 'drop that many leading folders', wholeNumber(0, 1000), 0)
    .addOption(new Option('--overwrite', 'replace files that exist').conflicts('keep'))
    .option('--keep', 'leave files that exist as they are, without a word')
    .option('--delete', 'with -C: remove what the archive does not have from the folders it restores')
    .option('-n, --dry-run', 'print what would be restored, write nothing')
    .option('-O, --to-stdout', 'write the data of files to standard output')
    .option('--devices', 'restore character and block devices as well; needs root')
    .option('--same-permissions', 'ignore the umask and, with owners, restore setuid and setgid bits')
    .option('--threads <count>', 'threads that restore small files (default: one for each core)', wholeNumber(1, 64))
    .option('--no-owner', 'do not restore owners (the default unless run as root)')
    .option(...BASE_OPTION)
    .option(...LISTING_OPTION)
    .option(...PART_OPTION)
    .option(...FETCH_SLICE_OPTION)
    .addHelpText(
      'after',
      examples(
        ['isptar extract site.tgz', 'restore all into this folder'],
        ['isptar extract https://example.org/site.tgz -C /restore srv/site/conf', 'one folder of a remote archive'],
        ['isptar extract site.tgz -C /restore "*.conf" --dry-run', 'see what a glob would restore'],
        ['isptar extract tuesday.tgz -C /restore --overwrite --delete', 'make a folder what it was on Tuesday'],
        ['isptar extract site.tgz -O var/dump.sql | psql', 'data into a program'],
      ),
    )
  command.action((archive: string, paths: string[], options: ExtractOptions) =>
    start(command, async (context) => {
      const { extract } = await import('../actions/extract.ts')
      return extract(archive, paths, options, context)
    })(),
  )
}
