/** The moment at which an archive was written, as its service info has it: RFC 3339, UTC, whole seconds (SPEC 5). */
import type { Time } from '../tar/entry-type.ts'

/** 0000-01-01 and 9999-12-31 in seconds: what RFC 3339 can write. */
const MIN_SECONDS = -62_167_219_200
const MAX_SECONDS = 253_402_300_799

/**
 * Writes a moment.
 *
 * @returns undefined outside the years 0 to 9999
 */
export function formatCreated({ seconds }: Time): string | undefined {
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) return undefined
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}

/**
 * Reads a moment.
 *
 * @returns undefined for what is none
 */
export function parseCreated(text: string | undefined): Time | undefined {
  const milliseconds = text !== undefined && /^[0-9]{4}-/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(milliseconds) ? undefined : { seconds: Math.floor(milliseconds / 1000), nanoseconds: 0 }
}
