/** Names of slices (SPEC 7): `NAME.part1`, `NAME.part2`, …, not padded. */

const SLICE_NAME = /^(.*[^/])\.part([1-9]\d{0,8})$/s

/**
 * Takes the name of a slice apart.
 *
 * @param name - a file name, or a path
 * @returns the archive's name and the slice's number, from 1; undefined when it is not the name of a slice
 * @example
 * ```ts
 * const { whole, slice } = splitSliceName('backup.tgz.part12') ?? {}
 * console.log(whole, slice) // backup.tgz 12
 * ```
 */
export function splitSliceName(name: string): { whole: string; slice: number } | undefined {
  const [, whole, slice] = SLICE_NAME.exec(name) ?? []
  return whole === undefined || slice === undefined ? undefined : { whole, slice: Number(slice) }
}
