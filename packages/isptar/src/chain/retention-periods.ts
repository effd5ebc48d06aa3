/** The calendar of a retention policy: which day, week, month or year an archive belongs to. */

/** A stretch of the calendar of which one archive is kept. */
export type Period = 'daily' | 'weekly' | 'monthly' | 'yearly'

/** Every period, the shortest first. */
export const PERIODS: readonly Period[] = ['daily', 'weekly', 'monthly', 'yearly']

const DAY_MS = 86_400_000

/** Names the period that a moment lies in; two moments of one period have one name. Weeks begin on Monday. */
export function periodOf(moment: Date, period: Period, utc: boolean): string {
  const day = utc ? moment : asLocalDay(moment)
  if (period === 'weekly') return `week of ${dateOf(mondayOf(day))}`
  const lengths = { daily: 10, monthly: 7, yearly: 4 }
  return dateOf(day).slice(0, lengths[period])
}

/** The moment whose UTC date is the local date of the one given. */
function asLocalDay(moment: Date): Date {
  return new Date(Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()))
}

function mondayOf(day: Date): Date {
  const daysSinceMonday = (day.getUTCDay() + 6) % 7
  return new Date(day.getTime() - daysSinceMonday * DAY_MS)
}

function dateOf(day: Date): string {
  return day.toISOString().slice(0, 10)
}
