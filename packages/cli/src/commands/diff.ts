/** Declares `isptar diff`. */
import { type Command, InvalidArgumentError } from 'commander'
import type { DiffOptions } from '../actions/diff.ts'
import { ARCHIVE_HELP, collect, examples, type Start } from '../declare.ts'
import { FETCH_SLICE_OPTION } from '../fetch-options.ts'
import { addWalkOptions } from '../walk-options.ts'

const FIELDS = ['type', 'size', 'content', 'mtime', 'mode', 'owner', 'link', 'device', 'xattrs']

/** Adds `diff` to the tree. */
export function declareDiff(program: Command, start: Start): void {
  const command = program
    .command('diff')
    .summary('compare an archive with another, or with a folder')
    .description(
      'Print what differs between an archive and another one, or a folder: + what only the second has, - what only the ' +
        'first has, M what both have, with what differs in it. Reads no data of files unless --checksum asks for it.',
    )
    .argument('<archive>', ARCHIVE_HELP)
    .argument('<other>', 'another archive, or the folder in which the paths of the archive lie')
    .option('--checksum', 'compare content, too: by SHA-256, and by reading what has none')
    .option('--ignore <what>', `leave out differences of these, separated by commas: ${FIELDS.join(', ')}`, fields)
    .option('--json', 'one JSON object a line')
    .option('--base <archive>', 'a base of the first archive; repeat it for further ones, nearest first', collect)
    .option(...FETCH_SLICE_OPTION)
  addWalkOptions(command).addHelpText(
    'after',
    `
The exit code is 0 when nothing differs, 1 when something does or could not be
compared, and others as usual. --quiet prints nothing and ends at the first.
Bases, which --checksum reads where no SHA-256 is recorded, are looked for
beside an archive; --base names those of the first that lie elsewhere.
What leaves out parts of a tree (--exclude and others) is for a folder.
` +
      examples(
        ['isptar diff sunday.tgz monday.tgz', 'what changed in a day'],
        [
          'isptar diff -q --checksum site.tgz /srv && echo nothing changed',
          'after `isptar create -C /srv site.tgz site`',
        ],
        ['isptar diff site.tgz /restore --ignore owner,mtime', 'is all there?'],
      ),
  )
  command.action((archive: string, other: string, options: DiffOptions) =>
    start(command, async (context) => {
      const { diff } = await import('../actions/diff.ts')
      return diff(archive, other, options, context)
    })(),
  )
}

/** Parses a list of what can differ. */
function fields(value: string): string[] {
  const named = value.split(',')
  const wrong = named.find((field) => !FIELDS.includes(field))
  if (wrong === undefined) return named
  throw new InvalidArgumentError(`${JSON.stringify(wrong)} is none of them.`)
}
