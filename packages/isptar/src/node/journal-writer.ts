/**
 * Tells whether the run that writes a journal is still at work, so that no second one writes the same archive. A run on
 * another host cannot be asked; it counts as over.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { lookAt, taken } from './earlier-slices.ts'
import { errnoOf } from './file-error.ts'
import { readJournal } from './journal-file.ts'

/** Who writes a journal. */
export interface JournalWriter {
  readonly host: string
  readonly pid: number
  /** When the process began, by words that no other process of this number has; empty where the system does not say. */
  readonly started: string
  /** One run of this process among others. */
  readonly run: string
}

/** Runs of this process that are not over. */
const running = new Set<string>()

/** Begins a run of this process; {@link endRun} ends it. */
export function beginRun(): JournalWriter {
  const run = randomUUID()
  running.add(run)
  return { host: hostname(), pid: process.pid, started: findProcess(process.pid)?.started ?? '', run }
}

/** Ends a run. */
export function endRun({ run }: JournalWriter): void {
  running.delete(run)
}

/**
 * Looks whether another run is writing an archive. It changes nothing.
 *
 * @param path - of the journal
 * @throws StorageError of kind `exists` that names the process
 */
export async function refuseOtherRun(path: string): Promise<void> {
  if ((await lookAt(path))?.isFile() !== true) return
  let writer: JournalWriter | undefined
  for await (const { kind, value } of readJournal(path)) {
    if (kind === 'writer') writer = value as JournalWriter
    if (kind === 'released') writer = undefined
  }
  if (writer === undefined || !isAtWork(writer)) return
  const who = running.has(writer.run) ? `this process (${writer.pid})` : `process ${writer.pid}`
  throw taken(path, `${who} is still writing that archive; wait until it ends, or stop it`)
}

function isAtWork({ host, pid, started, run }: JournalWriter): boolean {
  if (host !== hostname()) return false
  const found = findProcess(pid)
  if (found === undefined || found.started !== started) return false
  return pid === process.pid ? running.has(run) : true
}

/** Finds a process that has not ended. */
export function findProcess(pid: number): { readonly started: string } | undefined {
  if (process.platform === 'linux') return findLinuxProcess(pid)
  return canSignal(pid) ? { started: '' } : undefined
}

/** Linux gives a number to another process once the first has ended, and the time since its own start tells them apart. */
function findLinuxProcess(pid: number): { readonly started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state = '', ticks = ''] = [fields[0], fields[19]]
    if ('ZX'.includes(state)) return undefined
    return { started: `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${ticks}` }
  } catch {
    return undefined
  }
}

function canSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errnoOf(error) === 'EPERM'
  }
}
