/** What the page is told of an open archive. */
import type { Archive } from 'isptar'
import type { ArchiveSummary, BaseSummary } from '../contract/archive-calls.ts'
import { sourceName } from '../text/place-name.ts'
import { hasIndex } from './has-index.ts'
import type { OpenedRequest } from './open-request.ts'

/** Gives what is known of an archive without reading more of it. */
export function summaryOf({ archive, partNames }: OpenedRequest): ArchiveSummary {
  const { tail, serviceInfo, sizeBytes } = archive
  return {
    name: sourceName(archive.name),
    sizeBytes,
    formatVersion: archive.formatVersion,
    writer: archive.writer,
    createdAt: archive.createdAt,
    entryCount: archive.entryCount,
    dataBytes: numberOf(serviceInfo.get('data_size')),
    identity: archive.identity,
    sliceNames: archive.sliceNames?.map(sourceName),
    bases: basesOf(archive),
    partNames,
    partName: archive.partName,
    isCatalogue: archive.isCatalogue,
    hasDigests: archive.hasDigests,
    hasIndex: hasIndex(archive),
    notices: archive.notices,
    sections: tail.sections.map(({ name, packedBytes }) => ({ name, packedBytes })),
    tail: { offset: tail.listingOffset, endOffset: sizeBytes },
  }
}

/** An archive names its nearest bases; further ones are named by those. */
function basesOf({ bases, baseIdentities, baseNames }: Archive): readonly BaseSummary[] {
  const found: BaseSummary[] = []
  for (let index = 0; ; index += 1) {
    const base = bases[index]
    const before = bases[index - 1]
    const identity = baseIdentities[index] ?? before?.baseIdentities[0]
    if (base === undefined && identity === undefined && index >= bases.length) return found
    found.push({ identity, name: baseNames[index] ?? before?.baseNames[0], isGiven: base !== undefined })
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined
}
