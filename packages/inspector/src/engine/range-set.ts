/** A set of numbers as few ranges: which bytes of an archive came, however long the session. */

/** Ranges that are kept; beyond them the narrowest gaps are closed. */
const MAX_RANGES = 20_000

/** Ranges that neither overlap nor touch, in order. */
export class RangeSet {
  #starts: number[] = []
  #ends: number[] = []
  readonly #maxRanges: number

  /** @param maxRanges - beyond which it becomes coarser */
  constructor(maxRanges: number = MAX_RANGES) {
    this.#maxRanges = maxRanges
  }

  /** How many ranges there are. */
  get count(): number {
    return this.#starts.length
  }

  /** Adds what is from `start` to before `end`. */
  add(start: number, end: number): void {
    if (start >= end) return
    const from = firstWhere(this.#ends, start)
    const [starts, ends] = [this.#starts, this.#ends]
    let to = from
    while (to < starts.length && (starts[to] ?? 0) <= end) to += 1
    const joined = from < to
    const first = joined ? Math.min(start, starts[from] ?? start) : start
    const last = joined ? Math.max(end, ends[to - 1] ?? end) : end
    starts.splice(from, to - from, first)
    ends.splice(from, to - from, last)
    if (starts.length > this.#maxRanges) this.#coarsen()
  }

  /** Gives the ranges that overlap with what is from `start` to before `end`, clipped to it, in order. */
  *within(start: number, end: number): Generator<readonly [start: number, end: number]> {
    for (let k = firstWhere(this.#ends, start + 1); k < this.#starts.length; k += 1) {
      const [first = 0, last = 0] = [this.#starts[k], this.#ends[k]]
      if (first >= end) return
      yield [Math.max(first, start), Math.min(last, end)]
    }
  }

  /** Closes the narrower half of the gaps. */
  #coarsen(): void {
    const gaps = this.#starts.slice(1).map((start, k) => start - (this.#ends[k] ?? 0))
    const bound = gaps.toSorted((a, b) => a - b)[(gaps.length - 1) >> 1] ?? 0
    const kept = gaps.map((gap) => gap > bound)
    this.#starts = this.#starts.filter((_, k) => k === 0 || kept[k - 1])
    this.#ends = this.#ends.filter((_, k) => k === gaps.length || kept[k])
  }
}

/** Gives the place of the first of these sorted numbers that is not below a value. */
function firstWhere(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
