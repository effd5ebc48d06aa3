/** Checks a whole archive and says everything that is wrong with it, rather than the first thing. */
import { createSha256 } from '#sha256'
import { comparePaths, decodeText } from '../bytes/text.ts'
import { type ErrorCode, IntegrityError, isIsptarError } from '../errors.ts'
import { withReadAhead } from '../io/with-read-ahead.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import { type ServiceInfo, serviceList } from '../tail/service-info.ts'
import { judgeEntryPath, normalizeEntryPath } from '../tar/entry-path.ts'
import { decodeXattrColumns } from '../tail/xattr-column.ts'
import { checkData } from './check-data.ts'
import { checkIndex } from './check-index.ts'
import type { DigestSection } from './digest-section.ts'
import { isDotted } from './line-match.ts'
import type { LineLookup } from './line-lookup.ts'
import type { Listing } from './listing.ts'
import type { DataContext } from './locate-data.ts'
import { TarAgreement } from './tar-agreement.ts'

/** How far a verification is. */
export interface VerifyProgress {
  /** Entries looked at so far. */
  readonly entryCount: number
  /** Bytes of data checked so far. */
  readonly dataBytes: number
  /** The entry looked at. */
  readonly path: string
}

/** How to verify. */
export interface VerifyOptions {
  /** Checks the tail only: service info and listing, no data. @defaultValue false */
  quick?: boolean | undefined
  signal?: AbortSignal | undefined
  /** Called before each entry. */
  onProgress?: ((progress: VerifyProgress) => void) | undefined
}

/** One thing that is wrong. */
export interface VerifyProblem {
  readonly code: ErrorCode
  /** The entry concerned; absent when it is the tail or the listing. */
  readonly path?: string | undefined
  readonly message: string
}

/** What a verification found. */
export interface VerifyReport {
  /** Whether nothing is wrong. */
  readonly ok: boolean
  readonly entryCount: number
  /** Bytes of data that were read and found right. */
  readonly dataBytes: number
  readonly problemCount: number
  /** The first 10,000 problems. */
  readonly problems: readonly VerifyProblem[]
  /** Files that changed or were unreadable while they were packed; the first 10,000 are named in the notices. */
  readonly dirtyCount: number
  /** Files whose data is in a base; it was not checked. */
  readonly baseCount: number
  /** Oddities of the archive that are no damage to it. */
  readonly notices: readonly string[]
}

/** What verifying needs to know of the archive. */
export interface VerifyContext {
  readonly listing: Listing
  /** The lines to check. */
  readonly lookup: LineLookup
  /** Whether it is a part of a merged archive: other entries are in the tar as well. */
  readonly isPart: boolean
  /** Makes sure of bases, by their number. */
  readonly checkBases: (depths: ReadonlySet<number>) => Promise<void>
  readonly digests: DigestSection | undefined
  readonly data: DataContext
  readonly info: ServiceInfo
  readonly notices: readonly string[]
}

/** A report of more problems than this says no more. */
const MAX_LISTED = 10_000

/** Verifies an archive; see `Archive.verify`. */
export async function verifyArchive(context: VerifyContext, options: VerifyOptions): Promise<VerifyReport> {
  // Headers and small members follow each other: a request for each would take hours over HTTP.
  const bytes = withReadAhead(context.data.bytes, { endOffset: context.data.dataEnd })
  const check = new Verification({ ...context, data: { ...context.data, bytes } }, options)
  await check.run()
  return check.report()
}

class Verification {
  readonly #context: VerifyContext
  readonly #options: VerifyOptions
  readonly #problems: VerifyProblem[] = []
  readonly #notices: string[] = []
  readonly #linkTargets = new Map<string, string>()
  /** Version 1 puts headers behind data in one member; only version 2 has them where they can be compared in order. */
  readonly #tar: TarAgreement | undefined
  readonly #readsData: boolean
  #digests: AsyncGenerator<Uint8Array | undefined, void, undefined> | undefined
  #lastPath: Uint8Array | undefined
  #saidDisplaced: boolean
  #problemCount = 0
  #entryCount = 0
  #dataBytes = 0
  #listedBytes = 0
  /** How many files have their data in a base that was not given, by its number. */
  readonly #missed = new Map<number, number>()
  #dirtyCount = 0

  constructor(context: VerifyContext, options: VerifyOptions) {
    this.#context = context
    this.#options = options
    this.#readsData = !options.quick
    this.#saidDisplaced = context.notices.some((notice) => notice === context.data.displaced)
    this.#tar =
      this.#readsData && context.data.displaced === undefined && context.data.hasColumns && !context.isPart
        ? new TarAgreement(context.data, context.info.has('base'), options.signal)
        : undefined
    for (const message of context.notices) this.#report({ code: 'integrity', message })
  }

  async run(): Promise<void> {
    if (!(await this.#attempt(() => this.#checkIdentity()))) return
    await this.#attempt(() => this.#checkBases())
    await this.#attempt(() => this.#checkLines())
    await this.#attempt(async () => this.#tar?.finish())
    await this.#checkLinkTargets()
    this.#checkCounts()
  }

  report(): VerifyReport {
    if (!this.#options.quick) this.#notices.push(...this.#missedBases())
    return {
      ok: this.#problemCount === 0,
      entryCount: this.#entryCount,
      dataBytes: this.#dataBytes,
      problemCount: this.#problemCount,
      problems: this.#problems,
      dirtyCount: this.#dirtyCount,
      baseCount: [...this.#missed.values()].reduce((sum, count) => sum + count, 0),
      notices: this.#notices,
    }
  }

  #missedBases(): readonly string[] {
    const { data, info } = this.#context
    const names = serviceList(info, 'base_name', '/')
    return [...this.#missed].slice(0, MAX_LISTED).map(([depth, count]) => {
      const files = count === 1 ? '1 file has its data' : `${count} files have their data`
      const hint = data.whyMissing?.get(depth) ?? names[depth - 1] ?? ''
      return `${files} in base ${depth}${hint === '' ? '' : ` (${hint})`}, which was not given`
    })
  }

  /** One pass over the listing checks its CRC and, where the archive has one, its identity. */
  async #checkIdentity(): Promise<void> {
    const sha256 = createSha256()
    for await (const piece of this.#context.listing.plain(this.#options)) sha256.update(piece)
    const expected = this.#context.info.get('listing_sha256')
    const actual = sha256.hex()
    if (expected !== undefined && expected !== actual)
      this.#report({ code: 'integrity', message: `the listing's SHA-256 is ${actual}, recorded is ${expected}` })
    await this.#checkIndex(actual)
  }

  async #checkBases(): Promise<void> {
    const { bases } = this.#context.data
    await this.#context.checkBases(new Set(bases.flatMap((base, index) => (base ? [index + 1] : []))))
  }

  async #checkIndex(listingSha256: string): Promise<void> {
    const index = this.#context.lookup.index?.readAhead()
    if (index) await this.#attempt(() => checkIndex(index, listingSha256, this.#options))
  }

  async #checkLines(): Promise<void> {
    this.#digests = this.#context.digests?.all(this.#options)
    try {
      for await (const { lines } of this.#context.lookup.all(this.#options))
        for (const line of lines) await this.#checkLine(line, await this.#nextDigest())
      await this.#checkDigestCount()
    } finally {
      await this.#digests?.return()
    }
  }

  async #checkDigestCount(): Promise<void> {
    if (!this.#context.isPart && this.#digests && !(await this.#digests.next()).done)
      this.#report({ code: 'integrity', message: 'the digest section has more digests than the listing has lines' })
  }

  /** What is wrong with the digests is told once; then the lines are checked without them. */
  async #nextDigest(): Promise<Uint8Array | undefined> {
    const digests = this.#digests
    let digest: Uint8Array | undefined
    const isRight = await this.#attempt(async () => {
      const step = await digests?.next()
      if (step?.done) throw new IntegrityError('the digest section has fewer digests than the listing has lines')
      digest = step?.value
    })
    if (!isRight) this.#digests = undefined
    return digest
  }

  async #checkLine(line: Uint8Array, digest: Uint8Array | undefined): Promise<void> {
    await this.#attempt(async () => {
      const record = decodeListingLine(line)
      if (record !== undefined) await this.#checkRecord(record, decodeText(record.pathBytes), digest)
      else this.#notice(`a listing line that is no entry: ${JSON.stringify(decodeText(line.subarray(0, 80)))}`)
    })
  }

  async #checkRecord(record: ListingRecord, path: string, digest: Uint8Array | undefined): Promise<void> {
    this.#entryCount += 1
    this.#options.onProgress?.({ entryCount: this.#entryCount, dataBytes: this.#dataBytes, path })
    this.#checkPath(path)
    if (record.columns.get('dirty') === '1') this.#noteDirty(path)
    if (record.type === 'hardlink') this.#linkTargets.set(path, linkTarget(record))
    await this.#attempt(async () => void decodeXattrColumns(record.columns), path)
    if ((record.location?.depth ?? 0) === 0) await this.#attempt(async () => this.#tar?.check(record), path)
    this.#checkOrder(record.pathBytes)
    await this.#attempt(() => this.#checkData(record, digest), path)
  }

  #checkPath(path: string): void {
    const reason = judgeEntryPath(normalizeEntryPath(path))
    if (reason !== undefined)
      this.#report({ code: 'unsafe-path', path, message: `${JSON.stringify(path)} is no safe path: ${reason}` })
  }

  /** The archive is sound: it holds what was read. */
  #noteDirty(path: string): void {
    this.#dirtyCount += 1
    this.#notice(`${JSON.stringify(path)} changed or was unreadable while it was packed`)
  }

  /** Lookups rely on the order that the service info claims. */
  #checkOrder(pathBytes: Uint8Array): void {
    const last = this.#lastPath
    this.#lastPath = new Uint8Array(pathBytes)
    if (this.#context.info.get('order') !== 'path') return
    if (!isDotted(pathBytes) && (!last || comparePaths(last, pathBytes) < 0)) return
    const path = decodeText(pathBytes)
    const message = `${JSON.stringify(path)} is out of order, the service info says the listing is in order`
    this.#report({ code: 'integrity', path, message })
  }

  async #checkData(record: ListingRecord, digest: Uint8Array | undefined): Promise<void> {
    this.#listedBytes += record.sizeBytes
    const { depth = 0 } = record.location ?? {}
    if (depth > 0 && this.#context.data.bases[depth - 1] === undefined) {
      this.#missed.set(depth, (this.#missed.get(depth) ?? 0) + 1)
      return
    }
    if (!this.#readsData || (depth === 0 && this.#isOutOfReach(record))) return
    this.#dataBytes += await checkData(this.#context.data, record, digest, this.#options.signal)
  }

  /** Whether the data is not where the listing says: the archive is a catalogue, or was displaced, which is said once. */
  #isOutOfReach({ sizeBytes }: ListingRecord): boolean {
    const { displaced } = this.#context.data
    if (displaced === undefined) return false
    if (sizeBytes > 0 && !this.#saidDisplaced) this.#notice(displaced)
    this.#saidDisplaced ||= sizeBytes > 0
    return true
  }

  /** A hardlink is worth nothing unless what it names is there, and is more than another link. */
  async #checkLinkTargets(): Promise<void> {
    if (this.#linkTargets.size === 0) return
    const missing = new Set(this.#linkTargets.values())
    for await (const { lines } of this.#context.lookup.all(this.#options))
      for (const line of lines) {
        const record = tryDecode(line)
        if (record && record.type !== 'hardlink') missing.delete(normalizeEntryPath(decodeText(record.pathBytes)))
      }
    for (const [path, target] of this.#linkTargets)
      if (missing.has(target)) this.#report({ code: 'entry-not-found', path, message: missingTarget(path, target) })
  }

  #checkCounts(): void {
    const { info } = this.#context
    this.#compare(info.get('entries'), this.#entryCount, 'entries')
    this.#compare(info.get('data_size'), this.#listedBytes, 'bytes of data')
  }

  #compare(recorded: string | undefined, actual: number, what: string): void {
    if (recorded === undefined || recorded === String(actual)) return
    this.#report({
      code: 'integrity',
      message: `the service info says ${recorded} ${what}, the listing has ${actual}`,
    })
  }

  /** Records an error of this library; anything else, aborts too, ends the verification. */
  async #attempt(check: () => Promise<void>, path?: string): Promise<boolean> {
    try {
      await check()
      return true
    } catch (error) {
      this.#options.signal?.throwIfAborted()
      if (!isIsptarError(error)) throw error
      this.#report({ code: error.code, path, message: error.message })
      return false
    }
  }

  #notice(message: string): void {
    if (this.#notices.length < MAX_LISTED) this.#notices.push(message)
  }

  #report(problem: VerifyProblem): void {
    this.#problemCount += 1
    if (this.#problems.length < MAX_LISTED) this.#problems.push(problem)
  }
}

function tryDecode(line: Uint8Array): ListingRecord | undefined {
  try {
    return decodeListingLine(line)
  } catch (error) {
    if (isIsptarError(error)) return undefined
    throw error
  }
}

function linkTarget(record: ListingRecord): string {
  return normalizeEntryPath(decodeText(record.linkBytes ?? new Uint8Array(0)))
}

function missingTarget(path: string, target: string): string {
  return `${JSON.stringify(path)} is a hardlink to ${JSON.stringify(target)}, which is no entry with data of its own`
}
