/** Opening and closing, and the meter. */
import type { ArchiveCalls, ArchiveSummary, FoundPath, Meter, OpenRequest } from '../contract/archive-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'
import { summaryOf } from './archive-summary.ts'
import { findPath } from './find-entry.ts'
import { openRequest } from './open-request.ts'
import { Traffic } from './traffic.ts'

/** How often the meter is told, in milliseconds. */
const METER_MS = 150

/** Opens archives for the page. */
export class ArchiveEngine implements ArchiveCalls {
  readonly #holder: ArchiveHolder
  #opening: AbortController | undefined
  #ticking: ReturnType<typeof setInterval> | undefined
  /** What was fetched of an archive that could not be opened: that of which all is fetched then. */
  #inVain: Meter | undefined

  constructor(holder: ArchiveHolder) {
    this.#holder = holder
  }

  async open(request: OpenRequest, onMeter: (meter: Meter) => void, signal: AbortSignal): Promise<ArchiveSummary> {
    const either = AbortSignal.any([signal, this.#takeTurn()])
    const traffic = new Traffic(isFetchedWhole(request) ? this.#inVain : undefined)
    const ticking = tick(traffic, onMeter)
    try {
      const opened = await openRequest(request, either, traffic)
      if (either.aborted) await opened.archive.close()
      either.throwIfAborted()
      traffic.sizeBytes = opened.sizeBytes
      clearInterval(this.#ticking)
      this.#ticking = ticking
      this.#inVain = undefined
      await this.#holder.hold(opened)
      onMeter(traffic.meter)
      return summaryOf(opened)
    } catch (error) {
      clearInterval(ticking)
      this.#inVain = traffic.meter
      throw error
    }
  }

  async close(): Promise<void> {
    this.#takeTurn()
    clearInterval(this.#ticking)
    await this.#holder.hold(undefined)
  }

  /** Stops what is being opened. Gives what says when that is to be stopped which is opened now. */
  #takeTurn(): AbortSignal {
    this.#opening?.abort()
    this.#opening = new AbortController()
    return this.#opening.signal
  }

  async find(path: string, signal: AbortSignal): Promise<FoundPath | undefined> {
    return findPath(this.#holder.archive, path, signal)
  }
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

function isFetchedWhole({ places }: OpenRequest): boolean {
  return places.some((place) => place.type === 'url' && place.isFetchedWhole)
}
