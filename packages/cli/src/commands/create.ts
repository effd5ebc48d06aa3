/** Declares `isptar create`. */
import type { Command } from 'commander'
import type { CreateOptions } from '../actions/create.ts'
import { addNewBaseOptions } from '../base-options.ts'
import { collect, examples, type Start, wholeNumber } from '../declare.ts'
import { GROUP_OPTION } from '../group-option.ts'
import { addHookOptions } from '../hook-options.ts'
import { addSliceOptions } from '../slice-options.ts'
import { addWalkOptions } from '../walk-options.ts'

/** Adds `create` to the tree. */
export function declareCreate(program: Command, start: Start): void {
  const command = program
    .command('create')
    .summary('pack files and folders into a new archive')
    .description('Pack files and folders into a new archive. It appears under its name only when it is whole.')
    .argument('<archive>', 'the file to write, or - for standard output')
    .argument('<path...>', 'files and folders to pack')
    .option('-C, --directory <dir>', 'take paths from this folder')
    .option('-l, --level <0-9>', 'compression: 0 stores, 1 is fast, 9 is small', wholeNumber(0, 9), 6)
  addWalkOptions(command)
    .option('--store-suffix <suffix>', 'do not compress files of this suffix, e.g. .jpg; may be repeated', collect)
    .option(...GROUP_OPTION)
    .option('--threads <count>', 'threads that read and compress (default: one for each core)', wholeNumber(1, 64))
    .option('--force', 'replace an archive of that name')
  addNewBaseOptions(command)
  addSliceOptions(command)
    .option(
      '--resume',
      'with --slice: go on where an earlier run stopped; give all else as it was then; --on-slice is not run for slices that were done with',
    )
    .option(
      '--no-resume',
      'with --slice: keep no journal, NAME.resume. With it the disk needs room for two slices and the journal (about 1 MiB, more for long listings); with --no-resume two slices',
    )
  addHookOptions(command).addHelpText(
    'after',
    examples(
      ['isptar create site.tgz /srv/site', 'pack a folder'],
      ['isptar create -C /srv site.tgz site --exclude "*.log" --exclude node_modules/', 'without logs and packages'],
      ['isptar create tuesday.tgz site --base monday.tgz', 'only what has changed since Monday'],
      [
        'isptar create db.tgz db --before-run ./mount-snapshot --read-from db=/mnt/db',
        'from a snapshot that a script of yours mounts',
      ],
      [
        'isptar create photos.tgz photos --slice 1G --on-slice "rclone moveto %f remote:%b.part%n"',
        'in slices, each of which is moved away before the next is written',
      ],
      ['isptar create - photos --store-suffix .jpg | ssh nas "cat > photos.tgz"', 'through a pipe'],
    ),
  )
  command.action((archive: string, paths: string[], options: CreateOptions) =>
    start(command, async (context) => {
      const { create } = await import('../actions/create.ts')
      return create(archive, paths, options, context)
    })(),
  )
}
