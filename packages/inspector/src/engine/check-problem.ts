/** Problems as they are listed. */
import type { CheckProblem } from '../contract/check-calls.ts'

/** Gives a problem; the path, which stands beside it, is taken from the beginning of the message. */
export function problemOf(path: string | undefined, message: string): CheckProblem {
  const prefix = `${JSON.stringify(path)}: `
  return { path, message: path !== undefined && message.startsWith(prefix) ? message.slice(prefix.length) : message }
}
