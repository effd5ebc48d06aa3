/** Moments to the nanosecond. */

/**
 * Gives `YYYY-MM-DD HH:MM:SS.nnnnnnnnn +HH:MM` of local time; without a fraction where it is 0.
 *
 * @param seconds - since 1970, whole
 */
export function exactTimeText(seconds: number, nanoseconds: number): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return `@${seconds}`
  const pad = (value: number, width = 2): string => String(Math.abs(value)).padStart(width, '0')
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  const fraction = nanoseconds === 0 ? '' : `.${pad(nanoseconds, 9)}`
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}${fraction}`
  const offset = -date.getTimezoneOffset()
  return `${day} ${time} ${offset < 0 ? '-' : '+'}${pad(Math.trunc(offset / 60))}:${pad(offset % 60)}`
}
