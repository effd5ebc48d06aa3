/** Numbers for people: sizes, counts, ratios, durations. */

const UNITS = ['K', 'M', 'G', 'T', 'P'] as const

/**
 * Gives a size as `ls -h` does: at most four characters, powers of 1024, rounded up.
 *
 * @param bytes - 0 or more
 */
export function shortSize(bytes: number): string {
  if (bytes < 1024) return String(bytes)
  let value = bytes
  for (const unit of UNITS) {
    value /= 1024
    const tenths = Math.ceil(value * 10) / 10
    if (tenths < 10) return `${tenths.toFixed(1)}${unit}`
    if (Math.ceil(value) < 1024 || unit === 'P') return `${Math.ceil(value)}${unit}`
  }
  return String(bytes)
}

/**
 * Gives a size as `12.3 MiB`.
 *
 * @param bytes - 0 or more
 */
export function longSize(bytes: number): string {
  let value = bytes
  let unit = 'bytes'
  for (const letter of UNITS) {
    if (value < 1000) break
    value /= 1024
    unit = `${letter}iB`
  }
  return unit === 'bytes' ? plural(bytes, 'byte') : `${value.toFixed(1)} ${unit}`
}

/** Gives a whole number with commas: `1,234,567`. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/**
 * Gives a count with its noun: `1 entry`, `2 entries`.
 *
 * @param many - the plural, when it is not the noun and `s`
 */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : many}`
}

/**
 * Gives a duration as `m:ss` or `h:mm:ss`.
 *
 * @param seconds - 0 or more
 */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60) % 60
  const hours = Math.floor(whole / 3600)
  const tail = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`
}
