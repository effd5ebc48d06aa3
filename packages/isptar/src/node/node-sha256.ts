/** SHA-256 by `node:crypto`. */
import type * as NodeCrypto from 'node:crypto'
import type { Sha256 } from '../bytes/sha256.ts'

/** Starts a SHA-256. Loads what it takes at the first call: most commands do without, and start sooner. */
export function createSha256(): Sha256 {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => new Uint8Array(hash.digest()),
    hex: () => hash.digest('hex'),
  }
}

let crypto: typeof NodeCrypto | undefined

/** Gives the SHA-256 of bytes, 32 bytes; cheaper than a running one. */
export function sha256Of(bytes: Uint8Array): Uint8Array {
  crypto ??= process.getBuiltinModule('node:crypto')
  return crypto.hash('sha256', bytes, 'buffer')
}
