/** Runs a command as a user would: a process of its own, start-up included. */
import { spawn } from 'node:child_process'
import { watchPeak } from './peak-memory.mjs'

const KEPT_ERROR_CHARS = 2000

/** Quotes one word for the shell. */
export const quote = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/**
 * Runs a command line and resolves to { seconds, peakBytes }. Peak memory is only looked at on request, as looking takes
 * time; it is undefined where the system does not tell it.
 *
 * @throws Error when it ends with anything but 0, with what it said
 */
export async function runShell(command, { watchMemory = false, okCodes = [0] } = {}) {
  const started = performance.now()
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] })
  const peak = watchMemory ? watchPeak(child.pid) : undefined
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-KEPT_ERROR_CHARS)
  })
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal))
  })
  const seconds = (performance.now() - started) / 1000
  const peakBytes = peak?.stop()
  if (!okCodes.includes(code)) throw new Error(`${command}\nended with ${code}: ${said}`)
  return { seconds, peakBytes }
}
