/** Archives in memory for tests, and a small tree with one entry of every type. */
import { type CreateOptions, createArchive, type EntryData, type EntryInput, MemoryTarget } from 'isptar'

/** An entry and what is in it. */
export interface SampleEntry extends EntryInput {
  readonly data?: EntryData
}

/** The time at which sample archives were made. */
export const SAMPLE_TIME: Date = new Date('2024-05-06T07:08:09Z')

/** Writes entries to an archive in memory; the same entries give the same bytes. */
export async function buildArchive(entries: Iterable<SampleEntry>, options: CreateOptions = {}): Promise<Uint8Array> {
  const target = new MemoryTarget()
  const writer = createArchive(target, { createdAt: SAMPLE_TIME, ...options })
  for (const { data, ...entry } of entries) await writer.add(entry, data)
  await writer.close()
  return target.bytes()
}

const noise = Uint8Array.from({ length: 300 }, (_, i) => (i * i * 31 + (i >> 3)) & 255)

/** One entry of every type, small enough for every bit of the archive to be flipped. */
export const SMALL_TREE: readonly SampleEntry[] = [
  { path: 'd', type: 'directory', mode: 0o2755, uid: 1000, gid: 100, userName: 'ann', groupName: 'staff' },
  { path: 'd/noise.jpg', mode: 0o600, mtime: { seconds: -3, nanoseconds: 250_000_000 }, data: noise },
  { path: 'd/text', uid: 3_000_000, data: 'one line\n'.repeat(60) },
  { path: 'd/empty' },
  { path: 'd/null', type: 'char', device: { major: 1, minor: 3 } },
  { path: 'd/pipe', type: 'fifo' },
  { path: 'd/tagged', xattrs: new Map([['user.tag', Uint8Array.of(0, 255, 10)]]), data: 'tagged' },
  { path: 'hard', type: 'hardlink', linkTarget: 'd/text' },
  { path: 'soft', type: 'symlink', linkTarget: 'd/text' },
]
