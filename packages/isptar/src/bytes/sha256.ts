/** The contract of the incremental SHA-256 behind the conditional `#sha256` import. */

/** A running SHA-256. */
export interface Sha256 {
  /** Takes the next bytes. */
  update(bytes: Uint8Array): void
  /** Gives the 32 bytes of the digest; the hash takes nothing more afterwards. */
  digest(): Uint8Array
  /** Gives the digest as 64 lower-case hex digits instead. */
  hex(): string
}
