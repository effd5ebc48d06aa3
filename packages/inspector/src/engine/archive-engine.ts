/** Opening and closing, and the meter. */
import type { Archive } from 'isptar'
import type { ArchiveCalls, ArchiveSummary, FoundPath, Meter, OpenRequest } from '../contract/archive-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'
import { summaryOf } from './archive-summary.ts'
import { openRequest } from './open-request.ts'
import { Traffic } from './traffic.ts'
import { explainOpening } from './explain-opening.ts'

/** How often the meter is told, in milliseconds. */
const METER_MS = 150

/** Opens archives for the page. */
export class ArchiveEngine implements ArchiveCalls {
  readonly #holder: ArchiveHolder
  #ticking: ReturnType<typeof setInterval> | undefined

  constructor(holder: ArchiveHolder) {
    this.#holder = holder
  }

  async open(request: OpenRequest, onMeter: (meter: Meter) => void, signal: AbortSignal): Promise<ArchiveSummary> {
    const traffic = new Traffic()
    const ticking = tick(traffic, onMeter)
    try {
      const opened = await openRequest(request, signal, traffic)
      if (signal.aborted) await opened.archive.close()
      signal.throwIfAborted()
      traffic.sizeBytes ??= wholeBytes(opened.archive)
      clearInterval(this.#ticking)
      this.#ticking = ticking
      await this.#holder.hold(opened)
      onMeter(traffic.meter)
      return summaryOf(opened)
    } catch (error) {
      clearInterval(ticking)
      signal.throwIfAborted()
      throw await explainOpening(error, request)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking)
    await this.#holder.hold(undefined)
  }

  async find(path: string, signal: AbortSignal): Promise<FoundPath | undefined> {
    const { archive } = this.#holder
    const entry = await archive.find(path, { signal })
    if (entry !== undefined) return { path: entry.path, line: entry.place.line, isFolder: entry.type === 'directory' }
    const { done } = await archive.children(path, { signal }).next()
    return done ? undefined : { path, line: -1, isFolder: true }
  }
}

/** Length of an archive and the bases that were given. */
function wholeBytes({ sizeBytes, bases }: Archive): number {
  return bases.reduce((sum, base) => sum + (base?.sizeBytes ?? 0), sizeBytes)
}

function tick(traffic: Traffic, onMeter: (meter: Meter) => void): ReturnType<typeof setInterval> {
  let told = ''
  return setInterval(() => {
    const { meter } = traffic
    const now = `${meter.requests} ${meter.bytes} ${meter.isReplaced}`
    if (now !== told) onMeter(meter)
    told = now
  }, METER_MS)
}
