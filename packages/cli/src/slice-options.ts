/** The options by which commands that write an archive cut it into slices. */
import type { Command } from 'commander'
import { byteSize } from './declare.ts'

/** Shortest slice that the library writes. */
const MIN_SLICE_BYTES = 4096

/** Values of these options. */
export interface SliceOptions {
  /** In bytes. */
  readonly slice?: number
  readonly onSlice?: string
}

/** Adds them to a command. */
export function addSliceOptions(command: Command): Command {
  return command
    .option(
      '--slice <size>',
      'cut what is written into files of this size, e.g. 700M: NAME.part1, NAME.part2, …',
      byteSize(MIN_SLICE_BYTES),
    )
    .option(
      '--on-slice <command>',
      'run this after each slice; it may move it away; %f is its path, %n its number, %e 1 for the last, else 0, %p its folder, %b NAME, %c how many so far, %s its SHA-256',
    )
}
