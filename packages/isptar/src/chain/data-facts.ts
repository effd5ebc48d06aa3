/** What listings say of a file's data, and what that tells of whether two files have the same. No data is read. */
import { equalBytes } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'

/** What is known of a file's data. */
export interface DataFacts {
  readonly sizeBytes: number
  /** SHA-256. */
  readonly digest?: Uint8Array | undefined
  /** CRC-32 of the data and the zeros behind it, as the column has it. */
  readonly crc?: string | undefined
  /** Where the data lies, whichever archive refers to it; absent where that archive is not known. */
  readonly place?: string | undefined
  /** Whether one place is proof of the same data: the identity of a format 1 archive does not cover data. */
  readonly placeProves?: boolean | undefined
}

/**
 * What facts tell of two files' data: `likely` the same where sizes and CRC-32 agree, or places of format 1;
 * `unknown` where only reading would tell.
 */
export type DataRelation = 'same' | 'likely' | 'different' | 'unknown'

/** Compares what is known of two files' data. */
export function relateData(a: DataFacts, b: DataFacts): DataRelation {
  if (a.sizeBytes !== b.sizeBytes) return 'different'
  if (a.sizeBytes === 0) return 'same'
  if (a.digest && b.digest) return equalBytes(a.digest, b.digest) ? 'same' : 'different'
  if (a.crc !== undefined && b.crc !== undefined && a.crc !== b.crc) return 'different'
  const samePlace = a.place !== undefined && a.place === b.place
  if (samePlace && a.placeProves === true && b.placeProves === true) return 'same'
  return samePlace || (a.crc !== undefined && a.crc === b.crc) ? 'likely' : 'unknown'
}

/** Gathers facts; asks each archive for its identity once. */
export class DataFactsReader {
  readonly #identities = new Map<Archive, Promise<string>>()
  readonly #options: ReadOptions

  constructor(options: ReadOptions) {
    this.#options = options
  }

  /**
   * Gives the facts of a file. Costs no read in format 2; in format 1 a pass over the listing an archive, once.
   *
   * @param digest - of its data, where it is known
   */
  async read(archive: Archive, entry: Entry, digest?: Uint8Array): Promise<DataFacts> {
    const isOurs = archive.formatVersion === 2
    return {
      sizeBytes: entry.sizeBytes,
      digest,
      crc: isOurs ? entry.columns.get('crc') : undefined,
      place: await this.#placeOf(archive, entry),
      placeProves: isOurs,
    }
  }

  async #placeOf(archive: Archive, { location }: Entry): Promise<string | undefined> {
    if (location === undefined) return undefined
    const holder = await this.holderIdentity(archive, location.depth)
    // Files of a group differ by where they lie in it; in format 1 that field means nothing.
    const plainOffset = archive.formatVersion === 2 ? location.plainOffset : 0
    return holder && `${holder}:${location.slice}:${location.offset}:${plainOffset}`
  }

  /** Gives the identity of an archive's base, of itself for depth 0; undefined where it is not known. */
  async holderIdentity(archive: Archive, depth: number): Promise<string | undefined> {
    const named = depth === 0 ? archive.identity : archive.baseIdentities[depth - 1]
    const holder = depth === 0 ? archive : archive.bases[depth - 1]
    return named ?? (holder && this.#identityOf(holder))
  }

  #identityOf(archive: Archive): Promise<string> {
    const known = this.#identities.get(archive) ?? archive.computeIdentity(this.#options)
    this.#identities.set(archive, known)
    return known
  }
}
