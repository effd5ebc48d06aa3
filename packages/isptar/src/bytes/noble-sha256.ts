/** SHA-256 in JavaScript, for engines without a synchronous native one. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Sha256 } from './sha256.ts'

/** Starts a SHA-256. */
export function createSha256(): Sha256 {
  const hash = sha256.create()
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest(),
    hex: () => bytesToHex(hash.digest()),
  }
}

/** Gives the SHA-256 of bytes, 32 bytes. */
export function sha256Of(bytes: Uint8Array): Uint8Array {
  return sha256(bytes)
}
