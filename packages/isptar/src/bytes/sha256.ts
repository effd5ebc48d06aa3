/** The contract of the incremental SHA-256 behind the conditional `#sha256` import. */

/** A running SHA-256. */
export interface Sha256 {
  /** Takes the next bytes. */
  update(bytes: Uint8Array): void
  /** Gives the digest, 64 lower-case hex digits; the hash takes nothing more afterwards. */
  hex(): string
}
