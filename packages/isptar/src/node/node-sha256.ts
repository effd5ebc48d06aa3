/** SHA-256 by `node:crypto`. */
import { createHash } from 'node:crypto'
import type { Sha256 } from '../bytes/sha256.ts'

/** Starts a SHA-256. */
export function createSha256(): Sha256 {
  const hash = createHash('sha256')
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => new Uint8Array(hash.digest()),
    hex: () => hash.digest('hex'),
  }
}
