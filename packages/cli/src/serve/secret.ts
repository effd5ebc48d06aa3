/** What only those know who may ask. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Nobody guesses 256 bits. */
const SECRET_BYTES = 32

/** Makes one: letters, digits, `-` and `_`. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** Compares in a time that tells nothing of where two texts differ. */
export function isSecret(given: string, secret: string): boolean {
  const [a, b] = [given, secret].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

/** A secret that is good once: it may be seen by others soon after. */
export class Invitation {
  readonly secret: string = newSecret()
  #isUsed = false

  /** Tells whether this is the one, for the first time. */
  accept(given: string): boolean {
    if (this.#isUsed || !isSecret(given, this.secret)) return false
    this.#isUsed = true
    return true
  }
}
