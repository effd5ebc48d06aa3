/** The options by which commands that walk a tree leave parts of it out. */
import type { Command } from 'commander'
import { collect } from './declare.ts'

/** Values of these options. */
export interface WalkOptions {
  readonly exclude?: readonly string[]
  readonly excludeFrom?: readonly string[]
  readonly excludeCaches?: true
  readonly oneFileSystem?: true
  /** False with `--no-xattrs`. */
  readonly xattrs: boolean
}

/** Adds them to a command. */
export function addWalkOptions(command: Command): Command {
  return command
    .option('--exclude <pattern>', 'leave out what matches, as in .gitignore; may be repeated', collect)
    .option('--exclude-from <file>', 'read such patterns from a file; may be repeated', collect)
    .option('--exclude-caches', 'leave out what is in folders with a CACHEDIR.TAG')
    .option('--one-file-system', 'do not enter other file systems')
    .option('--no-xattrs', 'leave out extended attributes and ACLs')
}
