/** The option by which commands that read get slices that are not at hand. */

/** Values of this option. */
export interface FetchOptions {
  readonly fetchSlice?: string
}

/** Its flag and what help says of it. */
export const FETCH_SLICE_OPTION: readonly [flags: string, description: string] = [
  '--fetch-slice <command>',
  'run this when a missing slice is needed: %f is its path, %n its number, %p its folder, %b the archive without .partN',
]
