/**
 * Finds, by binary search, the last item for which something holds that holds for all before it.
 *
 * @returns its place, from 0; 0 when it holds for none
 */
export function lastWhere<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0
  let high = items.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const item = items[middle]
    if (item !== undefined && holds(item)) low = middle
    else high = middle - 1
  }
  return low
}
