/** Numbers for people. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Gives bytes with three figures at most: `41 KiB`, `2.1 GiB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit]}`
}

/** Gives a count with its noun: `1 entry`, `1,234 entries`. */
export function countText(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** Gives a share of the whole, 0 to 1, as per cent: `34 %`, `2.1 %`, `< 0.1 %`, not parted by a line's end. */
export function shareText(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return '< 0.1\u00a0%'
  return `${percent.toFixed(percent >= 9.95 ? 0 : 1).replace(/\.0$/, '')}\u00a0%`
}

/** Gives a moment as `YYYY-MM-DD HH:MM` of local time. */
export function timeText(seconds: number | undefined): string {
  if (seconds === undefined) return ''
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return `@${seconds}`
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0')
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`
}
