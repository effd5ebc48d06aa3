/** Picks the largest of many without sorting all of them. */

/**
 * Gives the largest, largest first; of equal ones those that come first. Linear in their number, but for the few that are
 * picked.
 *
 * @param count - how many are given at most, from 1
 */
export function largestOf(
  items: Iterable<number>,
  count: number,
  valueOf: (item: number) => number,
): readonly number[] {
  let picked: { readonly item: number; readonly value: number; readonly place: number }[] = []
  let bound = -Infinity
  let place = 0
  const cut = (): void => {
    picked.sort((a, b) => b.value - a.value || a.place - b.place)
    picked = picked.slice(0, count)
    bound = picked.length === count ? (picked.at(-1)?.value ?? bound) : bound
  }
  for (const item of items) {
    const value = valueOf(item)
    place += 1
    if (value <= bound) continue
    picked.push({ item, value, place })
    if (picked.length >= count * 2) cut()
  }
  cut()
  return picked.map(({ item }) => item)
}
