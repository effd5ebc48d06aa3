/** Archives cut into slices in memory, as a writer cuts them, and parts that say when they are opened. */
import { createArchive, MemorySource, openArchive, type SlicePart, StorageError, type Target } from 'isptar'
import { concatBytes } from '../../src/bytes/concat.ts'
import { craftFiles } from './craft-archive.ts'

/** How to cut. */
export interface Cutting {
  readonly sliceBytes: number
  /** Whether the service info says so, as new archives do; those of the original do not. @defaultValue true */
  readonly recorded?: boolean
}

/** Puts an archive together and cuts it; like a writer of slices, it keeps a tail whole that fits in one. */
export async function craftSlices(files: Readonly<Record<string, string>>, cutting: Cutting): Promise<Uint8Array[]> {
  const { sliceBytes, recorded = true } = cutting
  const plain = craftFiles(files)
  const { listingOffset } = (await openArchive(new MemorySource(plain))).tail
  if (!recorded) return cut(plain, sliceBytes)
  const info = { format: '2', listing_offset: String(listingOffset), slice_size: String(sliceBytes) }
  const bytes = craftFiles(files, undefined, { info })
  const [data, tail] = [bytes.subarray(0, listingOffset), bytes.subarray(listingOffset)]
  const used = listingOffset % sliceBytes
  const early = used > 0 && tail.length > sliceBytes - used && tail.length <= sliceBytes
  return early ? [...cut(data, sliceBytes), tail] : cut(bytes, sliceBytes)
}

function cut(bytes: Uint8Array, sliceBytes: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / sliceBytes)
  return Array.from({ length: count }, (_, index) => bytes.slice(index * sliceBytes, (index + 1) * sliceBytes))
}

/** Has the writer make an archive in slices. */
export async function writeSlices(
  files: Readonly<Record<string, string>>,
  sliceBytes: number,
  catalogue?: Target,
): Promise<Uint8Array[]> {
  const slices: Uint8Array[] = []
  let room = 0
  const target: Target = {
    name: 'x',
    sliceBytes,
    write: async (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        if (room === 0) {
          slices.push(new Uint8Array(0))
          room = sliceBytes
        }
        const share = bytes.subarray(at, at + room)
        slices.push(concatBytes([slices.pop() ?? new Uint8Array(0), share]))
        room -= share.length
        at += share.length
      }
    },
    cut: async () => {
      room = 0
    },
    commit: async () => undefined,
    abort: async () => undefined,
  }
  const writer = createArchive(target, { catalogue })
  for (const [path, text] of Object.entries(files)) await writer.add({ path, mtime: new Date(0) }, text)
  await writer.close()
  return slices
}

/** Parts over slices in memory, and the numbers of those that were opened, in that order. */
export interface WatchedParts {
  readonly parts: SlicePart[]
  readonly opened: number[]
}

/**
 * Makes parts over slices.
 *
 * @param sizeless - numbers of those whose size is not told
 * @param absent - numbers of those that cannot be opened either
 */
export function watchParts(
  slices: readonly Uint8Array[],
  sizeless: readonly number[] = [],
  absent: readonly number[] = [],
): WatchedParts {
  const opened: number[] = []
  const parts = slices.map((bytes, index): SlicePart => {
    const slice = index + 1
    const name = `x.part${slice}`
    const open = async (): Promise<MemorySource> => {
      opened.push(slice)
      if (!absent.includes(slice)) return new MemorySource(bytes, name)
      throw new StorageError(`no ${name}`, { operation: 'open', location: name, kind: 'not-found' })
    }
    return { name, open, ...(sizeless.includes(slice) ? {} : { sizeBytes: bytes.length }) }
  })
  return { parts, opened }
}
