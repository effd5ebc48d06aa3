/** Opening and closing, and the meter. */
import type { Archive } from 'isptar'
import type { ArchiveCalls, ArchiveSummary, Meter, OpenRequest } from '../contract/archive-calls.ts'
import type { ArchiveHolder, HeldArchive } from './archive-holder.ts'
import { openRequest } from './open-request.ts'

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
    await this.close()
    const held = await openRequest(request, signal)
    await this.#holder.hold(held)
    const summary = await summaryOf(held.archive)
    this.#tick(held, onMeter)
    return summary
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking)
    await this.#holder.hold(undefined)
  }

  #tick({ archive, counters }: HeldArchive, onMeter: (meter: Meter) => void): void {
    let told = ''
    const tell = (): void => {
      const requests = counters.reduce((sum, counter) => sum + counter.requests, 0)
      const bytes = counters.reduce((sum, counter) => sum + counter.bytes, 0)
      const now = `${requests} ${bytes}`
      if (now !== told) onMeter({ requests, bytes, sizeBytes: archive.sizeBytes })
      told = now
    }
    tell()
    this.#ticking = setInterval(tell, METER_MS)
  }
}

async function summaryOf(archive: Archive): Promise<ArchiveSummary> {
  const { tail, serviceInfo, baseIdentities, baseNames } = archive
  const dataSize = serviceInfo.get('data_size')
  const baseCount = Math.max(baseIdentities.length, archive.bases.length)
  return {
    name: archive.name,
    sizeBytes: archive.sizeBytes,
    formatVersion: archive.formatVersion,
    writer: archive.writer,
    createdAt: archive.createdAt,
    entryCount: archive.entryCount,
    dataBytes: dataSize !== undefined && /^[0-9]{1,15}$/.test(dataSize) ? Number(dataSize) : undefined,
    identity: archive.identity,
    sliceNames: archive.sliceNames,
    bases: Array.from({ length: baseCount }, (_, index) => ({
      identity: baseIdentities[index],
      name: baseNames[index],
      isGiven: archive.bases[index] !== undefined,
    })),
    partNames: [],
    isCatalogue: archive.isCatalogue,
    hasDigests: archive.hasDigests,
    hasIndex: tail.sections.some(({ name }) => name === 'index') && serviceInfo.get('order') === 'path',
    notices: archive.notices,
    tail: { offset: tail.listingOffset, endOffset: archive.sizeBytes },
  }
}
