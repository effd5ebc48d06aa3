/** The archives that are served: each with its number, and the bytes of all that the page needs to read it. */
import { basename } from 'node:path'
import type { Archive, ByteSource } from 'isptar'
import type { FetchSlice } from 'isptar/node'
import type { RelativeOptions } from '../base-options.ts'
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { isUrl, loadFetch, openNamed, openSource } from '../open-named.ts'
import { closeAll, distinctArchives } from '../open-several.ts'
import type { ServedDescription } from './inspector-page.ts'
import { percentDecode, percentEncode } from './percent-path.ts'
import { RawArchive } from './raw-archive.ts'

/** All that is served. */
export interface ServedArchives {
  /** The archives that were named; their numbers are their places. */
  readonly archives: readonly Archive[]
  /** Those, by the same numbers, and behind them bases and catalogues. */
  readonly raw: readonly RawArchive[]
  /** What the page is told of the archives. */
  describe(): readonly ServedDescription[]
  close(): Promise<void>
}

/**
 * Opens archives, each with its bases; all or none. Reads their ends.
 *
 * @throws as {@link openNamed}; UsageError for bases or a catalogue of several
 */
export async function openServed(
  names: readonly string[],
  options: RelativeOptions,
  context: Context,
): Promise<ServedArchives> {
  // Slices of one archive count as one; where one slice is named alone, it may be to tell which is the last.
  const distinct = names.length === 1 ? names : [...distinctArchives(names).values()]
  if (distinct.length > 1)
    for (const flag of ['base', 'listing'] as const)
      if (options[flag] !== undefined) throw new UsageError(`--${flag} is for one archive: name no others`)
  const served = new Served(options, context.io.signal)
  try {
    if (options.fetchSlice !== undefined) served.fetchSlice = await loadFetch(options.fetchSlice, context)
    for (const name of distinct) {
      const { archive, counter } = await openNamed(name, { ...options, findsBases: true }, context)
      served.add(archive, counter)
    }
    served.addCompanions()
    return served
  } catch (error) {
    await served.close()
    throw error
  }
}

class Served implements ServedArchives {
  readonly archives: Archive[] = []
  readonly raw: RawArchive[] = []
  fetchSlice: FetchSlice | undefined
  readonly #options: RelativeOptions
  readonly #signal: AbortSignal
  readonly #descriptions: ServedDescription[] = []

  constructor(options: RelativeOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  add(archive: Archive, source: ByteSource): void {
    this.archives.push(archive)
    this.raw.push(new RawArchive(sliceNamesOf(archive), async () => source))
  }

  /** Adds what the archives need besides themselves; none of it is opened before it is asked for. */
  addCompanions(): void {
    const { listing } = this.#options
    for (const [number, archive] of this.archives.entries()) {
      const catalogue = listing === undefined ? null : this.#addSource([lastName(listing)], listing)
      const last = archive.bases.findLastIndex((base) => base !== undefined)
      const bases = archive.bases.slice(0, last + 1).map((base, index) => (base ? this.#addBase(base, index) : null))
      this.#descriptions.push({
        ...this.#describe(archive, number),
        bases,
        catalogue: catalogue === null ? null : (this.#addresses(catalogue)[0] ?? null),
        files: `files/${number}/`,
      })
    }
  }

  describe(): readonly ServedDescription[] {
    return this.#descriptions
  }

  async close(): Promise<void> {
    // Those of the archives are closed with them.
    for (const raw of this.raw.slice(this.archives.length)) await raw.close()
    await closeAll(this.archives)
  }

  /** A base that was given has credentials and a query only on the command line; one that was found is a file. */
  #addBase(base: Archive, index: number): ServedDescription {
    const number = this.#addSource(sliceNamesOf(base), this.#options.base?.[index] ?? base.name)
    return { ...this.#describe(base, number), bases: [], catalogue: null }
  }

  #addSource(sliceNames: readonly string[], name: string): number {
    const options = { signal: this.#signal, ...(isUrl(name) ? {} : { fetchSlice: this.fetchSlice }) }
    return this.raw.push(new RawArchive(sliceNames, () => openSource(name, options))) - 1
  }

  #describe({ name }: Archive, number: number): Pick<ServedDescription, 'name' | 'slices'> {
    return { name: lastName(name), slices: this.#addresses(number) }
  }

  #addresses(number: number): readonly string[] {
    return (this.raw[number]?.names ?? []).map((name) => `archives/${number}/${percentEncode(name)}`)
  }
}

function sliceNamesOf({ name, sliceNames }: Archive): readonly string[] {
  return (sliceNames ?? [name]).map(lastName)
}

/** The name of a file, or what stands for it at the end of an address, without its query and credentials. */
function lastName(name: string): string {
  if (!isUrl(name)) return basename(name)
  const url = new URL(name)
  return percentDecode(basename(url.pathname)) || url.hostname
}
