/** A place in a file, as it is typed. */

const UNITS = ['', 'k', 'm', 'g', 't']

/**
 * Gives the offset in bytes that a text means: `1234`, `1,234`, `0x4d2`, or with a unit of 1024, `1.2 GiB`.
 *
 * @returns undefined where it is none, or beyond what can be counted exactly
 */
export function parseByteOffset(text: string): number | undefined {
  const plain = text.replace(/[\s,]/g, '').toLowerCase()
  const [, digits, unit = ''] = /^(0x[\da-f]+|\d+\.?\d*)([kmgt]?)i?b?$/.exec(plain) ?? []
  const bytes = Math.floor(Number(digits) * 1024 ** UNITS.indexOf(unit))
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
