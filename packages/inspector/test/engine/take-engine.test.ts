/** Taking files and archives out, without a browser. */
import { createHash, randomBytes } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Archive, MemorySource, openArchive, withCounter } from 'isptar'
import { afterEach, expect, test } from 'vitest'
import type { TakeProgress } from '../../src/contract/take-calls.ts'
import { ArchiveHolder } from '../../src/engine/archive-holder.ts'
import { TakeEngine } from '../../src/engine/take-engine.ts'
import { wholeTable } from '../../src/engine/whole-table.ts'
import { buildArchive, differential, hostileSite, siteArchive, siteTree } from '../archives.ts'

const NEVER = new AbortController().signal
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Collects what is written, and says how it ended. */
class Collected {
  readonly #chunks: Uint8Array[] = []
  end: 'open' | 'closed' | 'aborted' = 'open'
  readonly stream: WritableStream<Uint8Array> = new WritableStream({
    write: (chunk) => void this.#chunks.push(new Uint8Array(chunk)),
    close: () => void (this.end = 'closed'),
    abort: () => void (this.end = 'aborted'),
  })

  get chunkCount(): number {
    return this.#chunks.length
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

async function engineOf(bytes: Uint8Array): Promise<{ readonly engine: TakeEngine; readonly archive: Archive }> {
  const holder = new ArchiveHolder()
  const archive = await openArchive(new MemorySource(bytes))
  await holder.hold({ archive, counters: [] })
  return { engine: new TakeEngine(holder), archive }
}

function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
  return copy
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test('gives a file, held to its SHA-256, and a hardlink as the file that it names', async () => {
  const { engine } = await engineOf(await siteArchive())
  for (const path of ['site/etc/motd', 'site/welcome']) {
    const out = new Collected()
    const taken = await engine.file(path, -1, out.stream, () => undefined, NEVER)
    expect(taken).toEqual({ sizeBytes: 6, digest: sha256(Buffer.from('hello\n')), checkedBy: 'sha256', isDirty: false })
    expect(out.bytes.toString()).toBe('hello\n')
    expect(out.end).toBe('closed')
  }
})

test('of several lines of a path the one is given that was asked for', async () => {
  const { engine } = await engineOf(hostileSite())
  const lines = new Map<string, string>()
  for (let line = 0; line < 60; line += 1) {
    const out = new Collected()
    await engine.file('twice', line, out.stream, () => undefined, NEVER)
    lines.set(out.bytes.toString(), 'given')
  }
  expect([...lines.keys()].sort()).toEqual(['first\n', 'second\n'])
})

test('says by what a file was checked, and that it changed while it was packed', async () => {
  const bytes = await buildArchive([{ path: 'a', sizeBytes: 9, data: 'short' }], { digest: 'none' })
  const { engine } = await engineOf(bytes)
  const out = new Collected()
  const taken = await engine.file('a', 0, out.stream, () => undefined, NEVER)
  expect(taken).toMatchObject({ sizeBytes: 9, checkedBy: 'crc32', isDirty: true })
})

test('gives large files in large pieces', async () => {
  const data = randomBytes(3_000_000)
  const { engine } = await engineOf(await buildArchive([{ path: 'large', data }]))
  const out = new Collected()
  const told: TakeProgress[] = []
  await engine.file('large', 0, out.stream, (progress) => told.push(progress), NEVER)
  expect(out.bytes.equals(data)).toBe(true)
  expect(out.chunkCount).toBe(Math.ceil(data.length / (512 * 1024)))
  expect(told[0]).toMatchObject({ totalBytes: data.length })
})

test('damaged data, digests too, and what is no file end the stream by an abort', async () => {
  const good = await siteArchive()
  const archive = await openArchive(new MemorySource(good))
  const { location } = await archive.get('site/noise.bin')
  const damaged = flipped(good, (location?.offset ?? 0) + 3000)
  const digest = await archive.digest('site/etc/motd')
  const wrongDigest = flipped(good, Buffer.from(good).indexOf(digest ?? ''))
  for (const [bytes, path, message] of [
    [damaged, 'site/noise.bin', /CRC-32/],
    [wrongDigest, 'site/etc/motd', /recorded is/],
    [good, 'site/etc', /it is a directory/],
    [good, 'site/none', /No entry has this path/],
  ] as const) {
    const out = new Collected()
    const { engine } = await engineOf(bytes)
    await expect(engine.file(path, -1, out.stream, () => undefined, NEVER)).rejects.toThrow(message)
    expect(out.end).toBe('aborted')
  }
})

test('what is read is not far ahead of what was taken: a slow disk holds up the network', async () => {
  const bytes = await buildArchive([{ path: 'large', data: randomBytes(16_000_000) }])
  const counter = withCounter(new MemorySource(bytes))
  const holder = new ArchiveHolder()
  await holder.hold({ archive: await openArchive(counter), counters: [] })
  const engine = new TakeEngine(holder)
  for (const take of ['file', 'archive'] as const) {
    const before = counter.bytes
    let [takenBytes, mostAhead] = [0, 0]
    const stream = new WritableStream<Uint8Array>({
      async write(chunk) {
        // Turns of the event loop: time enough to read all of it, for whoever does not wait.
        for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve))
        mostAhead = Math.max(mostAhead, counter.bytes - before - takenBytes)
        takenBytes += chunk.length
      },
    })
    if (take === 'file') await engine.file('large', 0, stream, () => undefined, NEVER)
    else await engine.archive(['large'], stream, () => undefined, NEVER)
    expect(takenBytes).toBeGreaterThanOrEqual(16_000_000)
    expect(mostAhead).toBeGreaterThan(0)
    expect(mostAhead).toBeLessThan(3_000_000)
  }
})

test('an abort ends it in the middle, and aborts the stream', async () => {
  const data = randomBytes(3_000_000)
  const { engine } = await engineOf(await buildArchive([{ path: 'large', data }]))
  for (const take of ['file', 'archive'] as const) {
    const controller = new AbortController()
    let end = 'open'
    const stream = new WritableStream<Uint8Array>({
      write: () => controller.abort(),
      close: () => void (end = 'closed'),
      abort: () => void (end = 'aborted'),
    })
    const taken =
      take === 'file'
        ? engine.file('large', 0, stream, () => undefined, controller.signal)
        : engine.archive(['large'], stream, () => undefined, controller.signal)
    await expect(taken).rejects.toThrow(/abort/i)
    expect(end).toBe('aborted')
  }
})

test('an archive of a selection has the same members, and the folders on the way', async () => {
  const { engine, archive } = await engineOf(await buildArchive(await siteTree(), { level: 1 }))
  const out = new Collected()
  const taken = await engine.archive(['site/docs', 'site/etc/motd'], out.stream, () => undefined, NEVER)
  expect(out.end).toBe('closed')
  const copy = await openArchive(new MemorySource(out.bytes))
  const paths: string[] = []
  for await (const { path } of copy.entries()) paths.push(path)
  expect(paths).toEqual([
    'site',
    'site/docs',
    'site/docs/guide.txt',
    'site/docs/latin1.txt',
    'site/etc',
    'site/etc/motd',
  ])
  expect(taken).toEqual({ entryCount: 6, sizeBytes: out.bytes.length, dirtyCount: 0 })
  expect((await copy.get('site/etc')).mode).toBe(0o750)
  // Deflated at level 1: a member that was deflated anew, at the default level, would have other bytes.
  expect(await memberOf(copy, 'site/docs/guide.txt')).toEqual(await memberOf(archive, 'site/docs/guide.txt'))
  expect(await copy.digest('site/etc/motd')).toEqual(await archive.digest('site/etc/motd'))
  const blob = new Blob([new Uint8Array(out.bytes)])
  await engine.checkWritten(blob, taken, () => undefined, NEVER)
})

async function memberOf(archive: Archive, path: string): Promise<Buffer> {
  const packed = await archive.packed(await archive.get(path))
  const chunks: Uint8Array[] = []
  for await (const chunk of packed?.chunks ?? []) chunks.push(new Uint8Array(chunk))
  return Buffer.concat(chunks)
}

test('tar unpacks it; a hardlink whose file was not selected has its data', async () => {
  const { engine } = await engineOf(await siteArchive())
  const out = new Collected()
  await engine.archive(['site/welcome', 'site/img'], out.stream, () => undefined, NEVER)
  const folder = mkdtempSync(join(tmpdir(), 'isptar-take-'))
  folders.push(folder)
  writeFileSync(join(folder, 'out.tgz'), out.bytes)
  mkdirSync(join(folder, 'to'))
  const tar = spawnSync('tar', ['xzf', '../out.tgz', '--no-same-owner'], { cwd: join(folder, 'to') })
  expect(tar.stderr.toString()).toBe('')
  expect(tar.status).toBe(0)
  expect(readFileSync(join(folder, 'to/site/welcome'), 'utf8')).toBe('hello\n')
  expect(statSync(join(folder, 'to/site/img/dot.png')).size).toBeGreaterThan(0)
})

test('the empty path is everything', async () => {
  const { engine, archive } = await engineOf(await siteArchive())
  const out = new Collected()
  const { entryCount } = await engine.archive([''], out.stream, () => undefined, NEVER)
  expect(entryCount).toBe(archive.entryCount)
})

test('a differential without its base gives what it has, and says what it has not', async () => {
  const { engine } = await engineOf((await differential()).archive)
  const out = new Collected()
  expect(await engine.archive(['site/zebra.txt'], out.stream, () => undefined, NEVER)).toMatchObject({ entryCount: 2 })
  const refused = new Collected()
  await expect(engine.archive(['site/docs'], refused.stream, () => undefined, NEVER)).rejects.toThrow(/base/)
  expect(refused.end).toBe('aborted')
  expect(refused.bytes).toHaveLength(0)
})

test('what was written is read back: another file, a cut one and a damaged archive are refused', async () => {
  const { engine } = await engineOf(await siteArchive())
  const file = { sizeBytes: 6, digest: sha256(Buffer.from('hello\n')), checkedBy: 'sha256', isDirty: false } as const
  await engine.checkWrittenFile(new Blob(['hello\n']), file, NEVER)
  for (const wrong of ['hellO\n', 'hello', 'hello\n\n'])
    await expect(engine.checkWrittenFile(new Blob([wrong]), file, NEVER)).rejects.toThrow(/not what was written/)
  const out = new Collected()
  const taken = await engine.archive(['site/noise.bin'], out.stream, () => undefined, NEVER)
  const check = (bytes: Uint8Array): Promise<void> =>
    engine.checkWritten(new Blob([new Uint8Array(bytes)]), taken, () => undefined, NEVER)
  await check(out.bytes)
  await expect(check(flipped(out.bytes, 5000))).rejects.toThrow(/not what was written/)
  await expect(check(out.bytes.subarray(0, -1))).rejects.toThrow(/not what was written/)
})

test('measures a few paths by looking them up, and everything by the table', async () => {
  const { engine, archive } = await engineOf(await siteArchive())
  const two = await engine.measure(['site/etc/motd', 'site/noise.bin'], NEVER)
  expect(two).toEqual({ fileBytes: 12_006, isAll: true, onlyFile: undefined })
  expect(await engine.measure(['site/etc/motd'], NEVER)).toMatchObject({ onlyFile: { path: 'site/etc/motd' } })
  expect(await engine.measure(['site/docs'], NEVER)).toEqual({ fileBytes: 0, isAll: false, onlyFile: undefined })
  const many = Array.from({ length: 100 }, (_, i) => `none-${i}`)
  expect(await engine.measure(many, NEVER)).toBeUndefined()
  await wholeTable(archive, () => undefined)
  expect(await engine.measure(['site/docs'], NEVER)).toEqual({
    fileBytes: 17 * 200 + 25 * 40,
    isAll: true,
    onlyFile: undefined,
  })
  expect(await engine.measure(['site/welcome'], NEVER)).toMatchObject({ onlyFile: { path: 'site/welcome' } })
  expect((await engine.measure(['site/docs', 'site/welcome'], NEVER))?.onlyFile).toBeUndefined()
  await expect(engine.measure([''], AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
})
