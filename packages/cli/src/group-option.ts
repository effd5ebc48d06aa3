/** The option by which commands that write an archive put small files together. */
import { byteSize } from './declare.ts'

/** Longest group that the library writes. */
const MAX_GROUP_BYTES = 1024 * 1024

/** Flags, description and parser of `--group`. */
export const GROUP_OPTION: readonly [flags: string, description: string, parse: (value: string) => number] = [
  '--group <size>',
  'pack small files together, in groups of this size, 4K to 1M: the archive gets smaller, reading one of them means reading its group, and the original isptar cannot',
  byteSize(4096, MAX_GROUP_BYTES),
]
