/** Declares the guides that `isptar help TOPIC` prints. */
import type { Command } from 'commander'
import { UsageError } from '../command-io.ts'
import type { Start } from '../declare.ts'
import { BACKUP_GUIDE } from '../topics/backup.ts'

/** Adds the guides to the tree. They are hidden among the commands, since they do nothing. */
export function declareTopics(program: Command, start: Start): void {
  const topic = program
    .command('backup', { hidden: true })
    .configureHelp({ formatHelp: () => BACKUP_GUIDE })
    .allowExcessArguments()
    .allowUnknownOption()
  topic.action(
    start(topic, async () => {
      throw new UsageError('backup is a guide, not a command: isptar help backup')
    }),
  )
}
