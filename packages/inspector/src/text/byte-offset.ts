/** A place in a file, as it is typed. */

const UNITS = 'kmgt'

/**
 * Gives the offset in bytes that a text means: `1234`, `1,234`, `0x4d2`, or with a unit of 1024, `1.2 GiB`.
 *
 * @returns undefined where it is none, or beyond what can be counted exactly
 */
export function parseByteOffset(text: string): number | undefined {
  const plain = text
    .trim()
    .replace(/[\s,_]/g, '')
    .toLowerCase()
  if (/^0x[0-9a-f]{1,13}$/.test(plain)) return Number(plain)
  const [, digits, unit] = /^(\d+(?:\.\d*)?)(?:([kmgt]?)(?:ib|b)?)?$/.exec(plain) ?? []
  if (digits === undefined) return undefined
  const bytes = Math.floor(Number(digits) * 1024 ** (unit ? UNITS.indexOf(unit) + 1 : 0))
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
