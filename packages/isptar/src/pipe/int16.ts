/** Numbers of the original's protocol: two bytes, signed, the low one first. */

/** The largest length that the original's protocol can say. */
export const MAX_INT16 = 0x7fff

/** Encodes a number from −32,768 to 32,767. */
export function encodeInt16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff)
}

/** Decodes the first two bytes. */
export function decodeInt16(bytes: Uint8Array): number {
  const [low = 0, high = 0] = bytes
  return ((low | (high << 8)) << 16) >> 16
}
