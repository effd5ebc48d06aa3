/** Describes an archive. */
import type { Archive, CountedSource, EntryType } from 'isptar'
import type { FetchOptions } from '../fetch-options.ts'
import type { Context } from '../context.ts'
import { OK } from '../exit-code.ts'
import { openNamed } from '../open-named.ts'
import { textFields, wellFormed } from '../text/entry-json.ts'
import { escapeName } from '../text/escape-name.ts'
import { grouped, longSize, plural } from '../text/quantity.ts'

/** Options of `isptar info`. */
export interface InfoOptions extends FetchOptions {
  readonly json?: true
}

/** What `isptar info --json` prints. Absent fields were not recorded. */
export interface ArchiveInfo {
  readonly name: string
  /** Its bytes, where they are not UTF-8. */
  readonly name_b64?: string
  readonly format: 1 | 2
  /** True for an isolated catalogue, whose data is elsewhere. */
  readonly catalogue?: true
  readonly writer?: string
  readonly created?: string
  readonly identity?: string
  readonly entries: number
  readonly types: Readonly<Partial<Record<EntryType, number>>>
  /** Bytes of data of all files, unpacked. */
  readonly data_size: number
  /** Bytes of the archive. */
  readonly size: number
  /** `size` over `data_size`. */
  readonly ratio?: number
  readonly slices: number
  /** Names of the archives that it was merged of. */
  readonly parts?: readonly string[]
  /** Bytes of the packed listing. */
  readonly listing_size: number
  /** What it was made against, nearest first; at most eight are recorded, and none by the original. */
  readonly bases?: readonly { readonly identity: string; readonly name?: string }[]
  /** Entries whose data lies in a base archive. */
  readonly in_base: number
  /** Files that changed while they were read. */
  readonly dirty: number
  /** What it took to learn all this. */
  readonly read: { readonly bytes: number; readonly requests: number }
}

/** Runs `isptar info`. */
export async function info(name: string, options: InfoOptions, context: Context): Promise<number> {
  const { archive, counter } = await openNamed(name, options, context)
  try {
    const described = await describe(archive, counter, context.io.signal)
    const { stdout } = context.io
    const text = options.json ? infoJson(described) : render(described, archive.sliceNames, context.verbose)
    await stdout.write(text)
    return OK
  } finally {
    await archive.close()
  }
}

/** Names and service info are any bytes; JSON is not. */
function infoJson(described: ArchiveInfo): string {
  const { name, ...rest } = described
  const fit = (_key: string, value: unknown): unknown => (typeof value === 'string' ? wellFormed(value) : value)
  return `${JSON.stringify({ ...textFields('name', name), ...rest }, fit)}\n`
}

async function describe(archive: Archive, counter: CountedSource, signal: AbortSignal): Promise<ArchiveInfo> {
  const types = new Map<EntryType, number>()
  const counts = { entries: 0, dataBytes: 0, inBase: 0, dirty: 0 }
  for await (const entry of archive.entries({ signal })) {
    types.set(entry.type, (types.get(entry.type) ?? 0) + 1)
    counts.entries += 1
    counts.dataBytes += entry.sizeBytes
    if ((entry.location?.depth ?? 0) > 0) counts.inBase += 1
    if (entry.dirty) counts.dirty += 1
  }
  const { writer, createdAt, identity } = archive
  const parts = await archive.parts({ signal })
  const bases = archive.baseIdentities.map((each, index) => ({
    identity: each,
    ...(archive.baseNames[index] && { name: archive.baseNames[index] }),
  }))
  return {
    name: archive.name,
    format: archive.formatVersion,
    ...(archive.isCatalogue && { catalogue: true as const }),
    ...(writer !== undefined && { writer }),
    ...(createdAt !== undefined && { created: createdAt }),
    ...(identity !== undefined && { identity }),
    entries: counts.entries,
    types: Object.fromEntries(types),
    data_size: counts.dataBytes,
    size: archive.sizeBytes,
    ...(counts.dataBytes > 0 && { ratio: Number((archive.sizeBytes / counts.dataBytes).toFixed(4)) }),
    slices: archive.sliceNames?.length ?? 1,
    ...(parts.length > 0 && { parts }),
    listing_size: archive.tail.listingPackedBytes,
    ...(bases.length > 0 && { bases }),
    in_base: counts.inBase,
    dirty: counts.dirty,
    read: { bytes: counter.bytes, requests: counter.requests },
  }
}

const TYPE_NOUNS: Readonly<Record<EntryType, readonly [one: string, many: string]>> = {
  file: ['file', 'files'],
  directory: ['folder', 'folders'],
  symlink: ['symlink', 'symlinks'],
  hardlink: ['hardlink', 'hardlinks'],
  fifo: ['FIFO', 'FIFOs'],
  char: ['character device', 'character devices'],
  block: ['block device', 'block devices'],
}

function render(described: ArchiveInfo, sliceNames: readonly string[] | undefined, verbose: boolean): string {
  const { format, size, data_size: dataSize, bases, read, in_base: inBase, dirty, catalogue, parts } = described
  const rows: [label: string, value: string | undefined][] = [
    ['Archive', described.name],
    ['Format', format === 1 ? '1 (original isptar)' : '2'],
    ['Writer', described.writer],
    ['Created', described.created],
    ['Identity', described.identity],
    ['Entries', `${grouped(described.entries)}${typesText(described.types)}`],
    ['Data', exactSize(dataSize)],
    [catalogue ? 'Catalogue' : 'Packed', `${exactSize(size)}${packedText(described)}`],
    ['Slices', sliceNames && `${sliceNames.length}: ${sliceNames[0]} … ${sliceNames.at(-1)}`],
    ['Parts', parts && `${parts.length}${verbose ? `: ${parts.join(', ')}` : ''}`],
    ['Listing', exactSize(described.listing_size)],
    ['Bases', bases && bases.map(({ identity, name }) => name ?? identity).join(', ')],
    ['In a base', inBase > 0 ? `data of ${plural(inBase, 'entry', 'entries')}` : undefined],
    ['Dirty', dirty > 0 ? `${plural(dirty, 'file')} changed while being read` : undefined],
    ['Read', `${exactSize(read.bytes)} in ${plural(read.requests, 'request')} to know this`],
  ]
  const shown = rows.filter((row): row is [string, string] => row[1] !== undefined)
  return shown.map(([label, value]) => `${label.padEnd(10)} ${escapeName(value)}\n`).join('')
}

/** Of a differential archive most data is elsewhere, and of a catalogue all of it: a ratio would say nothing. */
function packedText({ catalogue, ratio, in_base: inBase }: ArchiveInfo): string {
  if (catalogue) return ', without the data, which is in the archive that it is of'
  return ratio === undefined || inBase > 0 ? '' : `, ${(ratio * 100).toFixed(1)} % of its data`
}

function typesText(types: ArchiveInfo['types']): string {
  const parts = Object.entries(TYPE_NOUNS).flatMap(([type, [one, many]]) => {
    const count = types[type as EntryType] ?? 0
    return count > 0 ? [plural(count, one, many)] : []
  })
  return parts.length > 0 ? `: ${parts.join(', ')}` : ''
}

function exactSize(bytes: number): string {
  return bytes < 1000 ? longSize(bytes) : `${longSize(bytes)} (${grouped(bytes)} bytes)`
}
