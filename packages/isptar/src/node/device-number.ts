/**
 * Device numbers as Linux's C libraries pack them into one 64-bit word: twelve and twenty bits of major, eight and
 * twenty-four bits of minor, interleaved (`makedev(3)`).
 */
import type { Device } from '../tar/entry-type.ts'

/**
 * Takes a device number apart.
 *
 * @param word - `rdev` of a bigint stat
 */
export function fromDeviceNumber(word: bigint): Device {
  const major = ((word >> 8n) & 0xfffn) | ((word >> 32n) & 0xfffff000n)
  const minor = (word & 0xffn) | ((word >> 12n) & 0xffffff00n)
  return { major: Number(major), minor: Number(minor) }
}

/**
 * Puts a device number together.
 *
 * @throws RangeError unless both parts are whole numbers of 32 bits
 */
export function toDeviceNumber(device: Device): bigint {
  const major = checkPart(device.major)
  const minor = checkPart(device.minor)
  return ((major & 0xfffff000n) << 32n) | ((major & 0xfffn) << 8n) | ((minor & 0xffffff00n) << 12n) | (minor & 0xffn)
}

function checkPart(part: number): bigint {
  if (Number.isInteger(part) && part >= 0 && part <= 0xffffffff) return BigInt(part)
  throw new RangeError(`the part ${part} of a device number is not a whole number from 0 to 4294967295`)
}
