/** Where things lie in an archive that is open: its tail, its slices, and the places that its listing names. */
import type { Archive } from 'isptar'
import type { PlaceKind } from '../contract/picture-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'
import type { RowPlace } from './entry-table.ts'

/** Longest trailer, with what may stand behind it. */
const MAX_TRAILER_BYTES = 39
/** Offsets of files in groups lead behind the gzip header. */
const MEMBER_HEADER_BYTES = 10

/** One member of the tail. */
export interface TailPart {
  readonly kind: PlaceKind
  readonly offset: number
  readonly endOffset: number
}

/** Where things lie. */
export interface ArchiveLayout {
  readonly sizeBytes: number
  /** Whether it is one part of a merged archive: what else lies in that is not listed. */
  readonly isPart: boolean
  /** Where members with data end at the latest. */
  readonly dataEnd: number
  /** Members of the tail in order; none where it was read from a catalogue elsewhere. */
  readonly tail: readonly TailPart[]
  /** Where the slices but the first begin; empty where there are none. */
  readonly sliceStarts: readonly number[]
  /** Gives where the member of a file begins; undefined where it is not in this archive, or cannot be. */
  memberStart(place: RowPlace, isGrouped: boolean): number | undefined
}

/** Gives the layout of the archive that is held. */
export function layoutOf(holder: ArchiveHolder): ArchiveLayout {
  const { archive } = holder
  const [source] = holder.counters
  const { sizeBytes, isCatalogue } = archive
  const tail = tailParts(archive)
  const dataEnd = isCatalogue ? 0 : (tail[0]?.offset ?? sizeBytes)
  const locate = source?.locate
  const sliceBytes = Number(archive.serviceInfo.get('slice_size') ?? Number.NaN)
  const wholePlace = ({ slice, offset }: RowPlace): number => {
    if (locate !== undefined) return locate(slice, offset)
    return slice === 1 ? offset : (slice - 1) * sliceBytes + offset
  }
  return {
    sizeBytes,
    isPart: archive.partName !== undefined,
    dataEnd,
    tail,
    sliceStarts: locate ? (archive.sliceNames ?? []).slice(1).map((_, index) => locate(index + 2, 0)) : [],
    memberStart(place, isGrouped) {
      if (place.depth !== 0) return undefined
      const start = whole(wholePlace, place) - (isGrouped ? MEMBER_HEADER_BYTES : 0)
      return Number.isSafeInteger(start) && start >= 0 && start < dataEnd ? start : undefined
    },
  }
}

/** A slice that does not exist has no place. */
function whole(wholePlace: (place: RowPlace) => number, place: RowPlace): number {
  try {
    return wholePlace(place)
  } catch {
    return Number.NaN
  }
}

/** The tail of a catalogue that stands in for the end of the archive lies elsewhere. */
function tailParts({ tail, sizeBytes }: Archive): readonly TailPart[] {
  const trailerBytes = sizeBytes - tail.trailerOffset
  if (trailerBytes <= 0 || trailerBytes > MAX_TRAILER_BYTES) return []
  const starts: { kind: PlaceKind; offset: number }[] = [
    { kind: 'listing', offset: tail.listingOffset },
    { kind: 'service-info', offset: tail.serviceInfoOffset },
    { kind: 'trailer', offset: tail.trailerOffset },
  ]
  for (const { name, offset } of tail.sections) starts.push({ kind: name === 'digest' ? 'digests' : 'index', offset })
  starts.sort((a, b) => a.offset - b.offset)
  return starts.map((part, k) => ({ ...part, endOffset: starts[k + 1]?.offset ?? sizeBytes }))
}
