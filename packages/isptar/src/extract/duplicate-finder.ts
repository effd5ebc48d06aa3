/**
 * Tells in fixed memory which names may have come before: a bitmap over a hash of each name. It may take a new name for
 * an old one, never an old one for new.
 */

/** 4 MiB: a false alarm is a matter of one in a hundred for a million names. */
const MAX_BITS = 25
/** 32 KiB, which stays near the processor. */
const MIN_BITS = 18
/** So many bits a name make false alarms rarer than that. */
const BITS_A_NAME = 128

/** Shown every name once, it points out the few that may repeat. Costs 4 MiB at most, however many names. */
export class DuplicateFinder {
  readonly #shift: number
  readonly #bitmap: Uint8Array

  /** @param names - how many there are going to be, more or less. @defaultValue many */
  constructor(names: number = Number.POSITIVE_INFINITY) {
    const bits = Math.ceil(Math.log2(Math.max(names * BITS_A_NAME, 1)))
    const wanted = Math.max(MIN_BITS, Math.min(bits, MAX_BITS))
    this.#shift = 32 - wanted
    this.#bitmap = new Uint8Array(2 ** (wanted - 3))
  }

  /**
   * Takes the next name.
   *
   * @returns whether it may have been taken before
   */
  add(name: string): boolean {
    const bit = hash(name) >>> this.#shift
    const mask = 1 << (bit & 7)
    const byte = this.#bitmap[bit >>> 3] ?? 0
    this.#bitmap[bit >>> 3] = byte | mask
    return (byte & mask) !== 0
  }
}

/** FNV-1a with a last mix (murmur3's), since only the upper bits are used. */
function hash(name: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < name.length; i += 1) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
