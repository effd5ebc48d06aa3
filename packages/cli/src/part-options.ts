/** The option by which commands that read are restricted to a part of a merged archive. */

/** Its value. */
export interface PartOptions {
  readonly part?: string
}

/** Its flag and what help says of it. */
export const PART_OPTION: readonly [flags: string, description: string] = [
  '--part <name>',
  'see only this part of an archive that `isptar merge` made',
]
