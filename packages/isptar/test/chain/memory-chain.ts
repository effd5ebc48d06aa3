/** Chains of archives in memory: each is made of entries, of which some are taken from the one before. */
import { type Archive, createArchive, type CreateOptions, MemorySource, MemoryTarget, openArchive } from 'isptar'
import { SAMPLE_TIME, type SampleEntry } from '../write/build-archive.ts'

/** A file that is what the base has. */
export interface KeptEntry {
  readonly kept: string
}

/** An archive in memory, and what it was called. */
export interface ChainLink {
  readonly name: string
  readonly bytes: Uint8Array
  readonly archive: Archive
}

/** Writes an archive that may refer to another. */
export async function writeLink(
  name: string,
  entries: readonly (SampleEntry | KeptEntry)[],
  options: CreateOptions & { base?: ChainLink } = {},
): Promise<ChainLink> {
  const { base, ...createOptions } = options
  const target = new MemoryTarget(name)
  const bases = base && [
    { identity: base.archive.identity ?? '', name: base.name },
    ...base.archive.baseIdentities.map((identity, i) => ({ identity, name: base.archive.baseNames[i] ?? '' })),
  ]
  const writer = createArchive(target, { createdAt: SAMPLE_TIME, ...(bases && { bases }), ...createOptions })
  for (const entry of entries) {
    if ('kept' in entry) await keep(writer, base, entry.kept)
    else {
      const { data, ...input } = entry
      await writer.add(input, data)
    }
  }
  await writer.close()
  return openLink(name, target.bytes())
}

/** Opens an archive in memory. */
export async function openLink(name: string, bytes: Uint8Array, bases: readonly ChainLink[] = []): Promise<ChainLink> {
  const opened = await Promise.all(bases.map(async (base) => (await openLink(base.name, base.bytes)).archive))
  return { name, bytes, archive: await openArchive(new MemorySource(bytes, name), { bases: opened }) }
}

async function keep(
  writer: ReturnType<typeof createArchive>,
  base: ChainLink | undefined,
  path: string,
): Promise<void> {
  if (base === undefined) throw new Error(`no base has ${path}`)
  const entry = await base.archive.get(path)
  const { record } = entry
  const input = { path, mode: entry.mode, uid: entry.uid, gid: entry.gid, sizeBytes: entry.sizeBytes }
  await writer.addReference(
    { ...input, ...(entry.mtime && { mtime: entry.mtime }) },
    { record, base: 1, hasColumns: true, digest: await entry.digest() },
  )
}
