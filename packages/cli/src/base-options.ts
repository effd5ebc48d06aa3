/** The options by which commands get what an archive needs besides itself: its bases, a listing in place of its own. */
import { type Command, Option } from 'commander'
import { byteSize, collect } from './declare.ts'
import type { FetchOptions } from './fetch-options.ts'

/** Values of the options of commands that read. */
export interface RelativeOptions extends FetchOptions {
  readonly base?: readonly string[]
  readonly listing?: string
}

/** Values of the options of commands that write. */
export interface NewBaseOptions {
  readonly base?: readonly string[]
  readonly checksum?: true
  readonly copyData?: true
  /** False with `--no-moved`. */
  readonly moved: boolean
  readonly digest: 'sha256' | 'none'
  readonly seek?: number
  readonly saveListing?: string
}

/** The flag of commands that read, for bases. */
export const BASE_OPTION: readonly [flags: string, description: string, parse: typeof collect] = [
  '--base <archive>',
  'a base of this differential archive; repeat it for further ones, nearest first; needed where they do not lie beside it under the names they had',
  collect,
]

/** The flag of commands that read, for a listing that is elsewhere. */
export const LISTING_OPTION: readonly [flags: string, description: string] = [
  '--listing <catalogue>',
  "take the listing from this isolated catalogue, where the archive's own end is not at hand",
]

/** Adds those of commands that write. */
export function addNewBaseOptions(command: Command): Command {
  return command
    .option(
      '--base <archive>',
      'store only what has changed since this archive or catalogue; repeat it for its own bases, nearest first',
      collect,
    )
    .option('--checksum', 'tell by content, not by time, what has changed: reads every file')
    .option('--copy-data', 'copy from the bases what is unchanged, so that they are not needed')
    .option('--no-moved', 'do not look for moved and touched files by their content')
    .addOption(
      new Option('--digest <kind>', 'digest to keep of every file').choices(['sha256', 'none']).default('sha256'),
    )
    .option(
      '--seek <size>',
      'how far apart the points lie at which reading may begin inside a file; 0 for none (default: 1M)',
      byteSize(0),
    )
    .option('--save-listing <file>', 'write the catalogue to a file of its own as well')
}
