/** Typed arrays that grow: numbers of millions of entries without an object each. */

type TypedArray = Uint8Array | Uint32Array | Float64Array

/** An array that doubles its room when it is full. */
export class GrowingArray<T extends TypedArray> {
  readonly #make: (length: number) => T
  #values: T
  #length = 0

  /** @param make - makes an array of zeros of a length */
  constructor(make: (length: number) => T) {
    this.#make = make
    this.#values = make(1024)
  }

  /** How many values it holds. */
  get length(): number {
    return this.#length
  }

  /** Adds values at the end. */
  push(...values: readonly number[]): void {
    this.append(values)
  }

  /** Adds values at the end. */
  append(values: ArrayLike<number>): void {
    this.#makeRoom(this.#length + values.length)
    this.#values.set(values, this.#length)
    this.#length += values.length
  }

  /** Gives the value of a place, from 0; undefined behind the last. */
  at(index: number): number | undefined {
    return index < this.#length ? this.#values[index] : undefined
  }

  /** Gives the values; a view that the next addition may leave behind. */
  values(): T {
    return this.#values.subarray(0, this.#length) as T
  }

  #makeRoom(length: number): void {
    if (length <= this.#values.length) return
    const grown = this.#make(Math.max(length, this.#values.length * 2))
    grown.set(this.#values)
    this.#values = grown
  }
}
