/** What is taken from a base: told unchanged by which fields, copied without deflating anything. */
import { expect, test } from 'vitest'
import { openBaseReuse } from '../../src/chain/base-reuse.ts'
import { isUnchanged, type PresentEntry } from '../../src/chain/unchanged.ts'
import type { Codec } from '../../src/gzip/codec.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { createArchive } from '../../src/write/archive-writer.ts'
import type { EntryInput } from '../../src/write/entry-input.ts'
import { hostileArchive } from '../hostile-archive.ts'
import { collect } from '../read/collect.ts'

const TIME = { seconds: 1_600_000_000, nanoseconds: 5 }
const LARGE = new Uint8Array(3_000_000).map((_, k) => (k * k) % 251)

async function writeBase(): Promise<Uint8Array> {
  const target = new MemoryTarget()
  const writer = createArchive(target, { seekBytes: 65_536 })
  const common = { mtime: TIME, uid: 1, gid: 2 }
  await writer.add({ path: 'dir', type: 'directory', ...common })
  await writer.add({ path: 'dir/large', ...common }, LARGE)
  await writer.add({ path: 'dir/small', ...common }, 'small')
  await writer.add({ path: 'dev', type: 'char', device: { major: 1, minor: 3 }, ...common })
  await writer.add({ path: 'hard', type: 'hardlink', linkTarget: 'dir/small', ...common })
  await writer.add({ path: 'link', type: 'symlink', linkTarget: 'dir', ...common })
  await writer.close()
  return target.bytes()
}

/** The codec of Node, with every byte counted that it is to deflate. */
function countingCodec(): Codec & { counts: { bytes: number } } {
  const counts = { bytes: 0 }
  return {
    ...zlibCodec,
    deflateInto: undefined,
    counts,
    deflateRaw: (plain, level, end) => {
      counts.bytes += plain.length
      return zlibCodec.deflateRaw(plain, level, end)
    },
  }
}

test('copied data is never deflated: only headers and the tail are', async () => {
  const base = await openArchive(new MemorySource(await writeBase()))
  const reuse = await openBaseReuse([base], { copyData: true })
  const codec = countingCodec()
  const target = new MemoryTarget()
  const writer = createArchive(target, { codec, bases: reuse.identities })
  for await (const entry of base.entries()) {
    const { mode, uid, gid, type, mtime = TIME, linkTargetBytes, device } = entry
    const linkTarget = linkTargetBytes && { linkTarget: linkTargetBytes }
    const input: EntryInput = {
      path: entry.pathBytes,
      mode,
      uid,
      gid,
      type,
      mtime,
      ...linkTarget,
      ...(device && { device }),
    }
    const then = await reuse.at(entry.pathBytes)
    if (then) await reuse.add(writer, input, then)
  }
  const beforeTail = codec.counts.bytes
  await writer.close()
  await reuse.close()
  // Two header members: directory and large file; then small file. What follows it goes with the tail.
  expect(beforeTail).toBe(3 * 512)
  // Then three headers more, that of the tail, the listing and the service info.
  expect(codec.counts.bytes - beforeTail).toBeLessThan(4 * 512 + 4096)
  const copy = await openArchive(new MemorySource(target.bytes()))
  expect(await copy.verify()).toMatchObject({ ok: true })
  expect(Buffer.from(await copy.bytes('dir/large')).equals(LARGE)).toBe(true)
  const columns = async (archive: typeof base): Promise<unknown> =>
    (await collect(archive.entries({ digests: true }))).map((entry) => [entry.columns, entry.place.digest])
  expect(await columns(copy)).toEqual(await columns(base))
})

test('what tells that an entry is unchanged', async () => {
  const base = await openArchive(new MemorySource(await writeBase()))
  const common = { uid: 1, gid: 2, mtime: TIME, sizeBytes: 0 }
  const small: PresentEntry = { ...common, type: 'file', sizeBytes: 5 }
  const link: PresentEntry = { ...common, type: 'symlink', linkTarget: Buffer.from('dir') }
  const hard: PresentEntry = { ...common, type: 'hardlink', linkTarget: Buffer.from('dir/small') }
  const dev: PresentEntry = { ...common, type: 'char', device: { major: 1, minor: 3 } }
  const later = { seconds: TIME.seconds, nanoseconds: 6 }
  const cases: [string, PresentEntry, boolean][] = [
    ['dir/small', small, true],
    ['dir/small', { ...small, sizeBytes: 6 }, false],
    ['dir/small', { ...small, mtime: later }, false],
    ['dir/small', { ...small, mtime: { seconds: 1, nanoseconds: 5 } }, false],
    ['dir/small', { ...small, uid: 3 }, false],
    ['dir/small', { ...small, gid: 3 }, false],
    ['dir/small', hard, false],
    ['link', link, true],
    ['link', { ...link, linkTarget: Buffer.from('di') }, false],
    ['link', { ...link, mtime: later }, false],
    ['hard', hard, true],
    // The time of a further name is that of the file.
    ['hard', { ...hard, mtime: later }, true],
    ['hard', { ...hard, linkTarget: Buffer.from('dir/large') }, false],
    ['dev', dev, true],
    ['dev', { ...dev, device: { major: 1, minor: 4 } }, false],
    ['dev', { ...dev, type: 'block' }, false],
    ['dir', { ...common, type: 'directory' }, true],
    ['dir', { ...common, type: 'directory', mtime: later }, false],
  ]
  for (const [path, now, expected] of cases)
    expect([path, now, isUnchanged(now, await base.get(path), 'nanoseconds')]).toEqual([path, now, expected])
})

test('times of the original are whole seconds, of files only', async () => {
  const entries = [
    { path: 'd', type: 'dir', uid: 1, gid: 2 },
    { path: 'f', data: 'small', mtime: TIME.seconds, uid: 1, gid: 2 },
  ] as const
  const base = await openArchive(new MemorySource(hostileArchive(entries)))
  const reuse = await openBaseReuse([base])
  const common = { uid: 1, gid: 2, mtime: TIME }
  const file: PresentEntry = { ...common, type: 'file', sizeBytes: 5 }
  const folder: PresentEntry = { ...common, type: 'directory', sizeBytes: 0 }
  expect(reuse.isUnchanged(folder, await base.get('d'))).toBe(true)
  expect(reuse.isUnchanged(file, await base.get('f'))).toBe(true)
  const changed = { ...file, mtime: { seconds: TIME.seconds + 1, nanoseconds: 0 } }
  expect(reuse.isUnchanged(changed, await base.get('f'))).toBe(false)
  await reuse.close()
})
