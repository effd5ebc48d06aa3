/** Runs the command, each job as a process of its own, and prints peak memory and time. */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLI } from './peers/programs.mjs'

const MiB = 1024 * 1024
const PRELOAD = new URL('./print-peak.mjs', import.meta.url).href

/** Jobs that are held to a peak of resident memory. */
export class MeasuredJobs {
  /** How many took more. */
  failed = 0
  #scratch
  #limitBytes

  constructor(scratch, limitBytes) {
    this.#scratch = scratch
    this.#limitBytes = limitBytes
  }

  /** Runs one and prints its peak; gives the number of lines it printed. */
  run(what, args) {
    const peakFile = join(this.#scratch, 'peak')
    const outFile = join(this.#scratch, 'out')
    const out = openSync(outFile, 'w')
    const started = performance.now()
    const { status, stderr } = spawnSync(process.execPath, ['--import', PRELOAD, CLI, ...args], {
      env: { ...process.env, PEAK_FILE: peakFile },
      stdio: ['ignore', out, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(out)
    if (status !== 0) throw new Error(`isptar ${args.join(' ')} ended with ${status}: ${stderr}`)
    const peak = Number(readFileSync(peakFile, 'utf8'))
    const verdict = peak <= this.#limitBytes ? 'ok' : 'TOO MUCH'
    if (peak > this.#limitBytes) this.failed += 1
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(
      `${what.padEnd(32)} ${(peak / MiB).toFixed(0).padStart(5)} MiB peak  ${seconds.padStart(6)} s  ${verdict}`,
    )
    return readFileSync(outFile).filter((byte) => byte === 0x0a).length
  }
}
