/** Times as tar prints them. */
import type { Time } from 'isptar'

/** The farthest moment a `Date` holds, in seconds either side of 1970. */
const MAX_SECONDS = 8_640_000_000_000

/**
 * Gives `YYYY-MM-DD HH:MM`, or `@seconds` where the calendar of the platform ends.
 *
 * @param time - the moment
 * @param utc - in UTC instead of local time
 */
export function dateText(time: Time, utc: boolean): string {
  if (Math.abs(time.seconds) > MAX_SECONDS) return `@${time.seconds}`
  const date = new Date(time.seconds * 1000)
  const [year, month, day, hour, minute] = utc
    ? [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes()]
    : [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes()]
  return `${pad(year, 4)}-${pad(month + 1)}-${pad(day)} ${pad(hour)}:${pad(minute)}`
}

function pad(value: number, width = 2): string {
  return (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(width, '0')
}

/**
 * Gives the time that an archive says it was written at as {@link dateText}; `-` where it says none.
 *
 * @param createdAt - RFC 3339
 */
export function createdText(createdAt: string | undefined, utc: boolean): string {
  const milliseconds = Date.parse(createdAt ?? '')
  return Number.isNaN(milliseconds) ? '-' : dateText({ seconds: Math.floor(milliseconds / 1000), nanoseconds: 0 }, utc)
}
