/** Progress that is told some times a second, however often it changes. */

const BETWEEN_MS = 100

/**
 * Gives a function that hands on what it is told, but not more often than ten times a second: the first at once, and of what
 * comes too soon the last, later; it may come when all is over.
 */
export function seldom<T>(tell: (value: T) => void): (value: T) => void {
  let last = Number.NEGATIVE_INFINITY
  let late: { readonly value: T } | undefined
  const tellLate = (): void => {
    const held = late
    late = undefined
    last = performance.now()
    if (held) tell(held.value)
  }
  return (value) => {
    const waitMs = last + BETWEEN_MS - performance.now()
    if (waitMs <= 0) {
      late = undefined
      last = performance.now()
      tell(value)
      return
    }
    if (late === undefined) setTimeout(tellLate, waitMs)
    late = { value }
  }
}
