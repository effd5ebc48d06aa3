/** The options by which commands that pack run other commands before and after, and read from snapshots. */
import type { Command } from 'commander'
import { collect } from './declare.ts'

/** Values of these options. */
export interface HookOptions {
  readonly beforeRun?: readonly string[]
  readonly afterRun?: readonly string[]
  readonly beforePath?: readonly string[]
  readonly afterPath?: readonly string[]
  readonly shell?: true
  readonly readFrom?: readonly string[]
}

/** Adds them to a command. */
export function addHookOptions(command: Command): Command {
  return command
    .option('--before-run <command>', 'run this before anything is read; may be repeated', collect)
    .option('--after-run <command>', 'run this at the end; %e is ok, partial or failed; may be repeated', collect)
    .option('--before-path <pattern=cmd>', 'run this before what matches is read, %p at %s; may be repeated', collect)
    .option('--after-path <pattern=cmd>', 'run this after all in it was read; may be repeated', collect)
    .option('--read-from <path=dir>', 'read this folder in place of what is packed; may be repeated', collect)
    .option('--shell', 'let /bin/sh run these commands')
}
