/** Numbers and texts side by side, without an object each: a million entries take some tens of megabytes so. */

const SLASH = 0x2f

type NumberArray = Int32Array | Uint8Array | Uint32Array | Float64Array

/** A list of numbers that grows. */
export class Column<A extends NumberArray> {
  #values: A
  readonly #make: (length: number) => A
  #length = 0

  /** @param make - makes an array of this length; says by it what numbers fit */
  constructor(make: (length: number) => A) {
    this.#make = make
    this.#values = make(1024)
  }

  get length(): number {
    return this.#length
  }

  /** Adds a number. */
  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = this.#make(this.#length * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#length] = value
    this.#length += 1
  }

  /** Gives a copy of all of them. */
  values(): A {
    const copy = this.#make(this.#length)
    copy.set(this.#values.subarray(0, this.#length))
    return copy
  }

  /** Replaces a number that is there. */
  set(index: number, value: number): void {
    this.#values[index] = value
  }

  /** @throws RangeError beyond the end */
  at(index: number): number {
    const value = index < this.#length ? this.#values[index] : undefined
    if (value === undefined) throw new RangeError(`there is no row ${index} of ${this.#length}`)
    return value
  }
}

/** A list of byte strings that grows. */
export class BytesColumn {
  #bytes = new Uint8Array(16_384)
  readonly #ends = new Column((length) => new Float64Array(length))

  get length(): number {
    return this.#ends.length
  }

  /** Adds a copy of bytes. */
  push(bytes: Uint8Array): void {
    const start = this.#startOf(this.length)
    const end = start + bytes.length
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes.set(bytes, start)
    this.#ends.push(end)
  }

  /** Gives a view of the bytes; it holds only until more are added. */
  at(index: number): Uint8Array {
    return this.#bytes.subarray(this.#startOf(index), this.#ends.at(index))
  }

  /** Compares two of them: bytes unsigned, but `/` below all others, as in listings. */
  compare(a: number, b: number): number {
    const [startA, startB] = [this.#startOf(a), this.#startOf(b)]
    const [lengthA, lengthB] = [this.#ends.at(a) - startA, this.#ends.at(b) - startB]
    const length = Math.min(lengthA, lengthB)
    for (let k = 0; k < length; k += 1) {
      const x = this.#bytes[startA + k] ?? 0
      const y = this.#bytes[startB + k] ?? 0
      if (x !== y) return x === SLASH ? -1 : y === SLASH ? 1 : x - y
    }
    return lengthA - lengthB
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : this.#ends.at(index - 1)
  }
}
