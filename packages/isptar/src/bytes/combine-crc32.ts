/**
 * The CRC-32 of two pieces joined, from the CRC-32 of each. A CRC is linear: appending n zero bytes multiplies it by a
 * power of a 32 × 32 matrix over GF(2), and squares of that matrix give any n in a few steps (Mark Adler's way).
 */

type Matrix = Uint32Array

/** Appends one zero bit. */
const ONE_BIT: Matrix = Uint32Array.from({ length: 32 }, (_, n) => (n === 0 ? 0xedb88320 : 1 << (n - 1)))

/**
 * Gives the CRC-32 of `a` and `b` joined.
 *
 * @param crcA - CRC-32 of `a`
 * @param crcB - CRC-32 of `b`
 * @param lengthB - length of `b` in bytes
 */
export function combineCrc32(crcA: number, crcB: number, lengthB: number): number {
  // Three squarings make one byte of one bit.
  let power = square(square(square(ONE_BIT)))
  let crc = crcA
  for (let left = lengthB; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) crc = times(power, crc)
    power = square(power)
  }
  return (crc ^ crcB) >>> 0
}

function times(matrix: Matrix, vector: number): number {
  let sum = 0
  for (let n = 0, rest = vector; rest !== 0; n += 1, rest >>>= 1) if (rest & 1) sum ^= matrix[n] as number
  return sum >>> 0
}

function square(matrix: Matrix): Matrix {
  return matrix.map((row) => times(matrix, row))
}
