/** The options by which commands that pack what another machine sends write their archive. */
import type { Command } from 'commander'
import type { Level } from 'isptar'
import { addNewBaseOptions, type NewBaseOptions } from './base-options.ts'
import { collect, wholeNumber } from './declare.ts'
import { GROUP_OPTION } from './group-option.ts'
import { addSliceOptions, type SliceOptions } from './slice-options.ts'

/** Values of these options. */
export interface ReceiveOptions extends SliceOptions, NewBaseOptions {
  readonly level: Level
  readonly storeSuffix?: readonly string[]
  /** Plain bytes of a group. */
  readonly group?: number
  readonly force?: true
}

/** Adds them to a command. */
export function addReceiveOptions(command: Command): Command {
  command
    .option('-l, --level <0-9>', 'compression: 0 stores, 1 is fast, 9 is small', wholeNumber(0, 9), 6)
    .option('--store-suffix <suffix>', 'do not compress files of this suffix, e.g. .jpg; may be repeated', collect)
    .option(...GROUP_OPTION)
    .option('--force', 'replace an archive of that name')
  addNewBaseOptions(command)
  return addSliceOptions(command)
}
