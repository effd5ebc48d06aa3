/** CRC-32 (ISO 3309, as gzip uses it), eight bytes a step by tables. */

const TABLES: readonly Uint32Array[] = makeTables()

function makeTables(): Uint32Array[] {
  const first = new Uint32Array(256)
  for (let n = 0; n < 256; n += 1) {
    let c = n
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
    first[n] = c >>> 0
  }
  const tables = [first]
  for (let t = 1; t < 8; t += 1) {
    const previous = tables[t - 1] as Uint32Array
    const next = new Uint32Array(256)
    for (let n = 0; n < 256; n += 1) {
      const c = previous[n] as number
      next[n] = ((first[c & 0xff] as number) ^ (c >>> 8)) >>> 0
    }
    tables.push(next)
  }
  return tables
}

/**
 * Computes or continues a CRC-32.
 *
 * @param bytes - the next bytes
 * @param seed - the CRC of all bytes before them
 * @defaultValue seed 0
 */
export function crc32(bytes: Uint8Array, seed = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ]
  const b = bytes
  let c = ~seed
  let i = 0
  for (const end = b.length - 7; i < end; i += 8) {
    c ^= at(b, i) | (at(b, i + 1) << 8) | (at(b, i + 2) << 16) | (at(b, i + 3) << 24)
    c =
      at(t7, c & 0xff) ^
      at(t6, (c >>> 8) & 0xff) ^
      at(t5, (c >>> 16) & 0xff) ^
      at(t4, c >>> 24) ^
      at(t3, at(b, i + 4)) ^
      at(t2, at(b, i + 5)) ^
      at(t1, at(b, i + 6)) ^
      at(t0, at(b, i + 7))
  }
  for (; i < b.length; i += 1) c = at(t0, (c ^ at(b, i)) & 0xff) ^ (c >>> 8)
  return ~c >>> 0
}

function at(array: Uint8Array | Uint32Array, index: number): number {
  return array[index] as number
}
