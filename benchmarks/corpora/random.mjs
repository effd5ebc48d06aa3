/** Seeded numbers: the same seed gives the same corpus on every machine. */
import { createCipheriv, createHash } from 'node:crypto'

/** A stream of numbers that its seed decides (sfc32). Not for secrets. */
export class Random {
  #a
  #b
  #c
  #count = 1
  #cipher

  /** @param seed - any text */
  constructor(seed) {
    const digest = createHash('sha256').update(seed).digest()
    this.#a = digest.readInt32LE(0)
    this.#b = digest.readInt32LE(4)
    this.#c = digest.readInt32LE(8)
    this.#cipher = createCipheriv('aes-128-ctr', digest.subarray(16, 32), Buffer.alloc(16))
  }

  /** 32 bits, 0 to 2³² − 1. */
  bits() {
    const sum = (((this.#a + this.#b) | 0) + this.#count) | 0
    this.#count = (this.#count + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** A whole number from 0 to `limit` − 1. */
  below(limit) {
    return Math.floor((this.bits() / 4294967296) * limit)
  }

  /** Whether something of this probability, 0 to 1, happens. */
  chance(probability) {
    return this.bits() < probability * 4294967296
  }

  /** One of a list, each as likely. */
  pick(list) {
    return list[this.below(list.length)]
  }

  /** A size whose logarithm is normal: most are near the median, a few are far above. In bytes, 0 to `most`. */
  size(median, sigma, most) {
    let normal = -6
    for (let i = 0; i < 12; i += 1) normal += this.bits() / 4294967296
    return Math.min(most, Math.round(median * Math.exp(sigma * normal)))
  }

  /** Bytes that no compressor shrinks. */
  noise(lengthBytes) {
    return this.#cipher.update(Buffer.alloc(lengthBytes))
  }
}

/** Draws from a list so that item k is about `(k + 1) ** -exponent` as likely as the first, as words are in text. */
export class ZipfList {
  #list
  #random
  #table

  /** @param random - where it draws from @param list - the items, the most likely first */
  constructor(random, list, exponent = 1) {
    this.#random = random
    this.#list = list
    const weights = list.map((_, rank) => (rank + 1) ** -exponent)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const slots = list.length < 256 ? 1024 : 16384
    this.#table = new Uint16Array(slots)
    let rank = 0
    let reached = weights[0]
    for (let slot = 0; slot < slots; slot += 1) {
      while (rank < list.length - 1 && reached < ((slot + 0.5) / slots) * total) {
        rank += 1
        reached += weights[rank]
      }
      this.#table[slot] = rank
    }
  }

  /** The next item. */
  draw() {
    return this.#list[this.#table[this.#random.below(this.#table.length)]]
  }
}
