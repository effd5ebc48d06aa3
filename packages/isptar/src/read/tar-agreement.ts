/**
 * Holds the listing of a version 2 archive against its tar headers, entry by entry and in order: what isptar gives and
 * what a plain tar unpacks must be the same (SPEC 1.1), but for owner names. Memory does not grow with the archive.
 */
import { decodeText, equalBytes } from '../bytes/text.ts'
import { IntegrityError } from '../errors.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import { TAIL_ENTRY_NAME } from '../tail/encode-tail.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import {
  type DataContext,
  type GroupedPlace,
  isGrouped,
  locateData,
  type MemberPlace,
  paddedSize,
} from './locate-data.ts'
import { decodeXattrColumns } from '../tail/xattr-column.ts'
import { TarHeaders } from './tar-headers.ts'

/** Follows the listing through the tar stream. */
export class TarAgreement {
  readonly #context: DataContext
  readonly #isDifferential: boolean
  readonly #signal: AbortSignal | undefined
  #headers: TarHeaders
  /** After a disagreement nothing is compared until the next data gives a place to start from. */
  #lost = false

  /** @param isDifferential - entries without data may be absent from the tar: a base has them */
  constructor(context: DataContext, isDifferential: boolean, signal: AbortSignal | undefined) {
    this.#context = context
    this.#isDifferential = isDifferential
    this.#signal = signal
    this.#headers = new TarHeaders(context, { offset: 0 }, signal)
  }

  /**
   * Compares the next listing record with the next tar header.
   *
   * @throws IntegrityError when they differ or the data does not follow its header; FormatError and others when the
   * headers cannot be read
   */
  async check(record: ListingRecord): Promise<void> {
    const place = record.sizeBytes > 0 ? locateData(record, this.#context) : undefined
    const isReadable = place === undefined || (await this.#isReadable(place))
    try {
      if (this.#lost || !isReadable || (place === undefined && (await this.#isInBase(record)))) return
      const difference = compare(record, await this.#headers.next()) ?? this.#misplaced(place)
      if (difference !== undefined) throw disagreement(record, difference)
    } catch (error) {
      this.#lost = true
      throw error
    } finally {
      if (place !== undefined) this.#continueAfter(record, place, isReadable)
    }
  }

  /** A damaged group has no headers to compare; that it is damaged is told where its data is checked. */
  async #isReadable(place: MemberPlace | GroupedPlace): Promise<boolean> {
    if (!isGrouped(place)) return true
    const group = await this.#context.groups.tryRead(this.#context, place, { signal: this.#signal })
    return group !== undefined
  }

  #misplaced(place: MemberPlace | GroupedPlace | undefined): string | undefined {
    const { memberOffset, plainOffset, nextOffset, drained } = this.#headers
    if (place === undefined) return undefined
    if (isGrouped(place))
      return place.offset === memberOffset && place.plainOffset === plainOffset
        ? undefined
        : `its data follows its tar header at ${plainOffset} of the member at ${memberOffset}, ` +
            `the listing says ${place.plainOffset} of that at ${place.offset}`
    if (place.offset === nextOffset && drained) return undefined
    return `its data follows its tar header at ${nextOffset}, the listing says ${place.offset}`
  }

  async #isInBase({ pathBytes }: ListingRecord): Promise<boolean> {
    return this.#isDifferential && !equalBytes((await this.#headers.peek()).pathBytes, pathBytes)
  }

  #continueAfter(record: ListingRecord, place: MemberPlace | GroupedPlace, isReadable: boolean): void {
    const { offset, packedBytes = 0 } = place
    this.#lost = place.packedBytes === undefined || !isReadable
    const start = isGrouped(place)
      ? { offset, inGroup: { packedBytes, plainOffset: place.plainOffset + paddedSize(record) } }
      : { offset: offset + packedBytes }
    this.#headers = new TarHeaders(this.#context, start, this.#signal)
  }

  /**
   * Compares the end: after the last entry comes the tail's own header.
   *
   * @throws IntegrityError when another entry follows
   */
  async finish(): Promise<void> {
    if (this.#lost) return
    const path = decodeText((await this.#headers.next()).pathBytes)
    if (path !== TAIL_ENTRY_NAME)
      throw new IntegrityError(`the tar stream goes on with ${JSON.stringify(path)}, which is not in the listing`)
    if (this.#headers.drained && this.#headers.nextOffset === this.#context.dataEnd) return
    throw new IntegrityError(
      `between the header of ${TAIL_ENTRY_NAME} at ${this.#headers.nextOffset} and the tail at ${this.#context.dataEnd} lies what is not in the listing`,
    )
  }
}

function compare(record: ListingRecord, header: TarHeader): string | undefined {
  if (!equalBytes(record.pathBytes, header.pathBytes))
    return `the tar header there is of ${JSON.stringify(decodeText(header.pathBytes))}`
  for (const key of ['type', 'mode', 'uid', 'gid', 'sizeBytes'] as const)
    if (record[key] !== header[key]) return `${key} is ${record[key]} in the listing, ${header[key]} in the tar header`
  if (!equalBytes(record.linkBytes ?? new Uint8Array(0), header.linkBytes))
    return `its link target is another in the tar header: ${JSON.stringify(decodeText(header.linkBytes))}`
  if (record.device?.major !== header.device?.major || record.device?.minor !== header.device?.minor)
    return 'the device numbers differ'
  const xattr = differentXattr(decodeXattrColumns(record.columns), header.xattrs ?? new Map())
  if (xattr !== undefined) return `the extended attribute ${JSON.stringify(xattr)} differs`
  if (record.mtime && record.mtime.seconds !== header.mtime.seconds)
    return `mtime is ${record.mtime.seconds} in the listing, ${header.mtime.seconds} in the tar header`
  return undefined
}

function differentXattr(
  listed: ReadonlyMap<string, Uint8Array>,
  inTar: ReadonlyMap<string, Uint8Array>,
): string | undefined {
  const differs = (name: string): boolean => {
    const [a, b] = [listed.get(name), inTar.get(name)]
    return a === undefined || b === undefined || !equalBytes(a, b)
  }
  return [...listed.keys(), ...inTar.keys()].find(differs)
}

function disagreement(record: ListingRecord, difference: string): IntegrityError {
  const entry = decodeText(record.pathBytes)
  return new IntegrityError(`${JSON.stringify(entry)}: listing and tar disagree: ${difference}`, { entry })
}
