/** Bytes that can be handed over to another thread. */
import type { Parcel } from './message-peer.ts'

/**
 * Packs bytes that are the sender's own: they go without a copy where they have their memory to themselves, and are gone for
 * the sender then.
 */
export function giveBytes(bytes: Uint8Array): Parcel<Uint8Array> {
  return bytes.length === bytes.buffer.byteLength ? parcel(bytes) : copyBytes(bytes)
}

/** Packs a copy of bytes. */
export function copyBytes(bytes: Uint8Array): Parcel<Uint8Array> {
  return parcel(new Uint8Array(bytes))
}

function parcel(bytes: Uint8Array): Parcel<Uint8Array> {
  const { buffer } = bytes
  return buffer instanceof ArrayBuffer ? { value: bytes, transfer: [buffer] } : { value: bytes }
}
