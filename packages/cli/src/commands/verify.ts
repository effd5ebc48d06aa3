/** Declares `isptar verify`. */
import type { Command } from 'commander'
import type { VerifyCommandOptions } from '../actions/verify.ts'
import { BASE_OPTION, LISTING_OPTION } from '../base-options.ts'
import { ARCHIVE_HELP, examples, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'
import { PART_OPTION } from '../part-options.ts'

/** Adds `verify` to the tree. */
export function declareVerify(program: Command, start: Start): void {
  const command = program
    .command('verify')
    .summary('check an archive from end to end')
    .description('Check an archive: its structure, its listing, and the data of every file against size and checksum.')
    .argument('<archive>', ARCHIVE_HELP)
    .option('--quick', 'check the tail only: the listing, not the data')
    .option('--json', 'as one JSON object')
    .option(...BASE_OPTION)
    .option(...LISTING_OPTION)
    .option(...PART_OPTION)
    .option(...FETCH_SLICE_OPTION)
    .addHelpText(
      'after',
      examples(
        ['isptar verify site.tgz && echo sound', 'the exit code tells'],
        ['isptar verify --quick https://example.org/site.tgz', 'was the upload cut short?'],
      ),
    )
  command.action((archive: string, options: VerifyCommandOptions) =>
    start(command, async (context) => {
      const { verify } = await import('../actions/verify.ts')
      return verify(archive, options, context)
    })(),
  )
}
