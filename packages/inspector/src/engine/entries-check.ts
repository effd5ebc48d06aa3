/** Checks the data of some entries, without the rest of the archive. */
import { type Archive, createSha256, type Entry, IntegrityError, isIsptarError, normalizeEntryPath } from 'isptar'
import type { CheckProblem, CheckProgress, CheckReport } from '../contract/check-calls.ts'
import { toHex } from '../text/hex.ts'
import { countText } from '../text/quantity.ts'
import { problemOf } from './check-problem.ts'
import { followLinks } from './find-entry.ts'
import { entriesInScope, type PathScope } from './path-scope.ts'
import { piecesOf } from './pieces-of.ts'

/** A report of more problems than this says no more; of each kind of notice as well. */
const MAX_LISTED = 10_000
const MAX_NAMED_NOTICES = 100
/** Digests of more entries than this are read in one pass, of fewer one by one. */
const MAX_SINGLE_DIGESTS = 8

interface Totals {
  readonly totalEntries: number
  readonly totalBytes: number
}

/** One check. */
export class EntriesCheck {
  readonly #archive: Archive
  readonly #scope: PathScope
  readonly #tell: (progress: CheckProgress) => void
  readonly #signal: AbortSignal
  readonly #problems: CheckProblem[] = []
  readonly #notices: string[] = []
  /** Files with data in a base that is not open, by the base's number. */
  readonly #missed = new Map<number, number>()
  /** Files that are not named, but links to them are: checked once. */
  readonly #linked = new Set<string>()
  #hasDigests: boolean
  #entryCount = 0
  #problemCount = 0
  #dirtyCount = 0
  #bySha256 = 0
  #byCrc32 = 0
  #dataBytes = 0

  constructor(archive: Archive, scope: PathScope, tell: (progress: CheckProgress) => void, signal: AbortSignal) {
    // Small files that lie beside each other are read at once.
    this.#archive = archive.readAhead()
    this.#hasDigests = archive.hasDigests
    this.#scope = scope
    this.#tell = tell
    this.#signal = signal
  }

  /** @throws StorageError, and what else reading throws that is none of the archive's */
  async run(): Promise<CheckReport> {
    await this.#attempt(undefined, async () => {
      const totals = await this.#count()
      const digests = this.#archive.hasDigests && totals.totalEntries > MAX_SINGLE_DIGESTS ? 'all' : undefined
      await this.#attempt(undefined, () => this.#pass(totals, digests))
      // Where the digests are damaged, the rest is held to CRC-32 alone.
      this.#hasDigests = false
      if (digests && this.#entryCount < totals.totalEntries) await this.#pass(totals, 'none')
    })
    return this.#report()
  }

  async #pass(totals: Totals, digests: 'all' | 'none' | undefined): Promise<void> {
    let skipped = this.#entryCount
    for await (const entry of entriesInScope(this.#archive, this.#scope, { digests, signal: this.#signal })) {
      if (skipped-- > 0) continue
      const path = normalizeEntryPath(entry.path)
      this.#tell({ entryCount: this.#entryCount, dataBytes: this.#dataBytes, path, ...totals })
      await this.#attempt(path, () => this.#check(entry, path))
      this.#entryCount += 1
    }
  }

  async #count(): Promise<Totals> {
    const totals = { totalEntries: 0, totalBytes: 0 }
    for await (const entry of entriesInScope(this.#archive, this.#scope, { signal: this.#signal })) {
      totals.totalEntries += 1
      totals.totalBytes += this.#missingBase(entry) === undefined ? entry.sizeBytes : 0
    }
    return totals
  }

  /** What is wrong with the archive is a problem; a store that fails would fail for all that follow. */
  async #attempt(path: string | undefined, check: () => Promise<void>): Promise<void> {
    try {
      await check()
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!isIsptarError(error) || error.code === 'storage') throw error
      this.#problem(path, error.message)
    }
  }

  async #check(entry: Entry, path: string): Promise<void> {
    this.#signal.throwIfAborted()
    if (entry.unsafeReason !== undefined) this.#problem(path, `no safe path: ${entry.unsafeReason}`)
    if (entry.dirty) this.#dirty(path)
    if (this.#archive.isCatalogue) return
    if (entry.type === 'file') await this.#checkData(entry)
    else if (entry.type === 'hardlink') await this.#checkLink(entry, path)
  }

  /** A link to a file that is not checked for itself is worth what that is worth. */
  async #checkLink(link: Entry, linkPath: string): Promise<void> {
    const signal = this.#signal
    const file = await followLinks(this.#archive, link, signal)
    if (file?.type !== 'file') {
      this.#problem(linkPath, `a hardlink to ${JSON.stringify(link.linkTarget)}, which is no file`)
      return
    }
    const path = normalizeEntryPath(file.path)
    if (this.#scope.has(path) || this.#linked.has(path)) return
    this.#linked.add(path)
    await this.#checkData(file)
  }

  async #checkData(file: Entry): Promise<void> {
    const signal = this.#signal
    const missing = this.#missingBase(file)
    if (missing !== undefined) return void this.#missed.set(missing, (this.#missed.get(missing) ?? 0) + 1)
    const recorded = this.#hasDigests ? await file.digest({ signal }) : undefined
    const sha256 = recorded && createSha256()
    for await (const piece of piecesOf(this.#archive.stream(file, { signal }))) sha256?.update(piece)
    const actual = sha256?.hex()
    if (recorded && toHex(recorded) !== actual)
      throw new IntegrityError(`the SHA-256 of its data is ${actual}, recorded is ${toHex(recorded)}`)
    if (recorded) this.#bySha256 += 1
    else this.#byCrc32 += 1
    this.#dataBytes += file.sizeBytes
  }

  #missingBase({ location }: Entry): number | undefined {
    const depth = location?.depth ?? 0
    return depth > 0 && this.#archive.bases[depth - 1] === undefined ? depth : undefined
  }

  #dirty(path: string): void {
    this.#dirtyCount += 1
    if (this.#dirtyCount <= MAX_NAMED_NOTICES)
      this.#notices.push(`${JSON.stringify(path)} changed or was unreadable while it was packed`)
  }

  #problem(path: string | undefined, message: string): void {
    this.#problemCount += 1
    if (this.#problems.length < MAX_LISTED) this.#problems.push(problemOf(path, message))
  }

  #report(): CheckReport {
    const uncheckedFiles = [...this.#missed.values()].reduce((sum, count) => sum + count, 0)
    const { isCatalogue } = this.#archive
    return {
      isOk: this.#problemCount === 0,
      isComplete: uncheckedFiles === 0 && !isCatalogue,
      uncheckedFiles: isCatalogue ? undefined : uncheckedFiles,
      scope: 'entries',
      entryCount: this.#entryCount,
      dataBytes: this.#dataBytes,
      basis: this.#basis(),
      problems: this.#problems,
      moreProblems: this.#problemCount - this.#problems.length,
      notices: [...this.#withoutData(), ...this.#missedBases(), ...this.#notices, ...this.#moreDirty()],
    }
  }

  #basis(): readonly string[] {
    const [sha256, crc32] = [this.#bySha256, this.#byCrc32]
    const basis: string[] = []
    if (sha256 > 0) basis.push(`${countText(sha256, 'file')} held to SHA-256, CRC-32 and length.`)
    if (crc32 > 0) basis.push(`${countText(crc32, 'file')} held to CRC-32 and length alone.`)
    return basis
  }

  #withoutData(): readonly string[] {
    return this.#archive.isCatalogue ? ['Not checked: any data. This is a catalogue, its data is in another file.'] : []
  }

  #missedBases(): readonly string[] {
    return [...this.#missed].map(([depth, count]) => {
      const name = this.#archive.baseNames[depth - 1]
      const files = count === 1 ? '1 file has its data' : `${count.toLocaleString('en')} files have their data`
      return `Not checked: ${files} in base ${depth}${name === undefined ? '' : ` (${name})`}, which is not open.`
    })
  }

  #moreDirty(): readonly string[] {
    const more = this.#dirtyCount - MAX_NAMED_NOTICES
    return more > 0 ? [`${countText(more, 'more file')} changed or were unreadable while they were packed`] : []
  }
}
