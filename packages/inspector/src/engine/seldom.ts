/** Progress that is told some times a second, however often it changes. */

const BETWEEN_MS = 100

/** Gives a function that hands on what it is told, but not more often than ten times a second. The first is told at once. */
export function seldom<T>(tell: (value: T) => void): (value: T) => void {
  let last = Number.NEGATIVE_INFINITY
  return (value) => {
    const now = performance.now()
    if (now - last < BETWEEN_MS) return
    last = now
    tell(value)
  }
}
