/**
 * Tells in fixed memory which names may have come before: by the names themselves as long as they are few, then by a bitmap
 * over a hash of each. It may take a new name for an old one, never an old one for new.
 */

/** Names are kept up to this many: a set of them is sooner asked than a hash computed here. */
const MAX_NAMES = 50_000

const BITS = 25

/** Shown every name once, it points out the few that may repeat. Costs 4 MiB, however many names, besides the first 50,000. */
export class DuplicateFinder {
  #names: Set<string> | undefined = new Set()
  #bitmap = new Uint8Array(0)

  /**
   * Takes the next name.
   *
   * @returns whether it may have been taken before; a false alarm is a matter of one in a hundred for a million names
   */
  add(name: string): boolean {
    const names = this.#names
    if (names === undefined) return this.#mark(name)
    if (names.has(name)) return true
    names.add(name)
    if (names.size === MAX_NAMES) {
      this.#names = undefined
      this.#bitmap = new Uint8Array(2 ** (BITS - 3))
      for (const taken of names) this.#mark(taken)
    }
    return false
  }

  #mark(name: string): boolean {
    const bit = hash(name) >>> (32 - BITS)
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
