/**
 * Joins byte arrays.
 *
 * @param parts - in order
 * @param totalBytes - their summed length, when the caller knows it
 */
export function concatBytes(parts: readonly Uint8Array[], totalBytes?: number): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0]
  const total = totalBytes ?? parts.reduce((sum, part) => sum + part.length, 0)
  const joined = new Uint8Array(total)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
