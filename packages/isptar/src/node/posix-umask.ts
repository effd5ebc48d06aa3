/** Reads the umask of the process without setting it, as the system call must, which other threads would notice. */
import { readFileSync } from 'node:fs'

let asked: number | undefined

/** Gives the umask. Where there is no `/proc`, it is asked for once and taken to stay. */
export function processUmask(): number {
  const digits = /^Umask:\s*([0-7]+)$/m.exec(processStatus())?.[1]
  if (digits !== undefined) return Number.parseInt(digits, 8)
  // oxlint-disable-next-line typescript/no-deprecated -- no other call tells it, and it is made once
  asked ??= process.umask()
  return asked
}

function processStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'latin1')
  } catch {
    return ''
  }
}
