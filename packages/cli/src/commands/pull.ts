/** Declares `isptar pull`. */
import type { Command } from 'commander'
import type { PullOptions } from '../actions/pull.ts'
import { collect, examples, type Start } from '../declare.ts'
import { addReceiveOptions } from '../receive-options.ts'

/** Adds `pull` to the tree. */
export function declarePull(program: Command, start: Start): void {
  const command = program
    .command('pull')
    .summary('pack files of another machine, by ssh')
    .description(
      'Pack files and folders of another machine. Runs `isptar client` there by ssh; the archive is compressed and ' +
        'written here, and appears under its name only when it is whole.',
    )
    .usage('[options] <host:path...> <archive>')
    .argument('<host:path...>', 'what to pack, as [user@]host:path, all of one host; then the file to write')
    .option('-C, --directory <dir>', "take paths from this folder of the host's")
    .option('--ssh <command>', 'run this in place of ssh', 'ssh')
    .option('--remote-isptar <command>', 'run this on the host in place of isptar', 'isptar')
    .option('--exclude <pattern>', 'leave out what matches, as in .gitignore; may be repeated', collect)
    .option('--exclude-caches', 'leave out what is in folders with a CACHEDIR.TAG')
    .option('--one-file-system', 'do not enter other file systems')
    .option('--no-xattrs', 'leave out extended attributes and ACLs')
  addReceiveOptions(command).addHelpText(
    'after',
    examples(
      ['isptar pull web:/srv/site site.tgz', 'pack a folder of the host "web"'],
      ['isptar pull root@web:/etc root@web:/srv web.tgz --exclude "*.log"', 'several, without logs'],
      [
        'isptar pull web:/srv site.tgz --ssh "ssh -p 2222" --remote-isptar "sudo isptar"',
        'another port, and all files there',
      ],
    ),
  )
  command.action((words: string[], options: PullOptions) =>
    start(command, async (context) => {
      const { pull } = await import('../actions/pull.ts')
      return pull(words, options, context)
    })(),
  )
}
