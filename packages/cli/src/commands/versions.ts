/** Declares `isptar versions`. */
import type { Command } from 'commander'
import type { VersionsOptions } from '../actions/versions.ts'
import { ARCHIVE_HELP, examples, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'

/** Adds `versions` to the tree. */
export function declareVersions(program: Command, start: Start): void {
  const command = program
    .command('versions')
    .summary('show the versions of a file over several archives')
    .description(
      'Show what each archive has of a path, newest first: whether its content is the same as in the one before, and ' +
        'what a restore would read, and from where. Reads listings, no data.',
    )
    .argument('<path>', 'a path as `isptar list` prints it; a folder is shown without what is in it')
    .argument(
      '<archive...>',
      `${ARCHIVE_HELP}; of one alone, its bases beside it are shown, too: name those that lie elsewhere`,
    )
    .option('--human', 'sizes as 1.5K, 20M')
    .option('--utc', 'times in UTC instead of local time')
    .option('--json', 'one JSON object a line')
    .option(...FETCH_SLICE_OPTION)
    .addHelpText(
      'after',
      `
CONTENT compares with the next older archive: new, same, changed, absent;
"same?" where only size and checksum say so, "?" where nothing does.
` +
        examples(
          ['isptar versions etc/nginx.conf backups/*.tgz', 'which one to restore'],
          ['isptar versions --json etc/nginx.conf monday.tgz | jq .sha256', 'for programs'],
        ),
    )
  command.action((path: string, archives: string[], options: VersionsOptions) =>
    start(command, async (context) => {
      const { versions } = await import('../actions/versions.ts')
      return versions(path, archives, options, context)
    })(),
  )
}
