/** Differentials over a pipe: what a base has is not sent, and the archive is the one that packing on one machine makes. */
import { appendFileSync, mkdirSync, renameSync, utimesSync, writeFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { packTree, type PackOptions } from '../../src/node/pack-tree.ts'
import { sendTree, type SendTreeOptions, sendWith } from '../../src/node/pipe-send.ts'
import { serveArchive } from '../../src/node/pipe-serve.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import type { Archive } from '../../src/read/archive.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import type { ServeReport } from '../../src/pipe/receiver.ts'
import { fileSystemWith, makeFolder } from './walk-support.ts'

/** After the times of the tree: what is younger than its base is not trusted to be unchanged. */
const CREATED = { createdAt: new Date('2021-01-01T00:00:00Z') }
const OLD = new Date('2020-01-01T00:00:00.125Z')

type Writing = Pick<PackOptions, 'base' | 'compare' | 'moved' | 'copyData' | 'digest'>

function put(cwd: string, path: string, text: string, time = OLD): void {
  mkdirSync(join(cwd, path, '..'), { recursive: true })
  writeFileSync(join(cwd, path), text)
  utimesSync(join(cwd, path), time, time)
}

/** Enough that its data cannot hide among the messages. */
const long = (name: string): string => `${name} `.repeat(20_000)

const TREE = ['changed', 'kept', 'moved', 'touched', 'zero']

function makeTree(): string {
  const cwd = makeFolder()
  for (const name of TREE) put(cwd, `site/${name}`, long(name))
  put(cwd, 'site/empty', '')
  return cwd
}

function change(cwd: string): void {
  appendFileSync(join(cwd, 'site/changed'), 'more')
  renameSync(join(cwd, 'site/moved'), join(cwd, 'site/other'))
  utimesSync(join(cwd, 'site/touched'), new Date(), new Date())
  put(cwd, 'site/new', long('new'), new Date())
  unlinkSync(join(cwd, 'site/zero'))
}

async function open(bytes: Uint8Array, bases: Archive[] = []): Promise<Archive> {
  const archive = await openArchive(new MemorySource(bytes), { bases })
  onTestFinished(() => archive.close())
  return archive
}

async function packed(cwd: string, options: PackOptions = {}): Promise<Uint8Array> {
  const target = new MemoryTarget()
  await packTree('site', target, { cwd, ...CREATED, ...options })
  return target.bytes()
}

interface Pulled {
  readonly bytes: Uint8Array
  readonly sentBytes: number
  readonly report: ServeReport
}

async function pulled(cwd: string, writing: Writing, sending: SendTreeOptions = {}): Promise<Pulled> {
  const [up, down] = [new PassThrough({ highWaterMark: 100 }), new PassThrough({ highWaterMark: 100 })]
  let sentBytes = 0
  up.on('data', (chunk: Buffer) => {
    sentBytes += chunk.length
  })
  up.pause()
  const target = new MemoryTarget()
  const [, report] = await Promise.all([
    sendTree('site', { readable: down, writable: up }, { cwd, ...sending }),
    serveArchive({ readable: up, writable: down }, target, { ...CREATED, ...writing }),
  ])
  return { bytes: target.bytes(), sentBytes, report }
}

test.each<[string, Writing, readonly string[]]>([
  ['by metadata, and moved content by its digest', {}, []],
  ['by content', { compare: 'content' }, []],
  ['by metadata alone', { moved: false }, ['moved', 'touched']],
  ['with the data copied', { copyData: true }, []],
])('%s: the archive is the one that packing makes, and little is sent', async (_name, writing, sentToo) => {
  const cwd = makeTree()
  const base = await open(await packed(cwd))
  change(cwd)
  const expected = await packed(cwd, { ...writing, base })
  const { bytes, sentBytes, report } = await pulled(cwd, { ...writing, base })
  expect(Buffer.compare(bytes, expected)).toBe(0)
  expect(report.ok).toBe(true)
  const sent = ['changed', 'new', ...sentToo].map(long).join('').length + 'more'.length
  expect(report.dataBytes).toBe(sent)
  expect(sentBytes).toBeLessThan(sent + 2000)
  const archive = await open(bytes, writing.copyData ? [] : [base])
  for (const name of ['kept', 'touched', 'new']) expect(await archive.text(`site/${name}`)).toBe(long(name))
  expect(await archive.text('site/other')).toBe(long('moved'))
  expect((await archive.verify()).problems).toEqual([])
})

test('nothing is sent of a tree that did not change, and what was reused is told', async () => {
  const cwd = makeTree()
  const base = await open(await packed(cwd))
  const { report, sentBytes } = await pulled(cwd, { base })
  expect(report.dataBytes).toBe(0)
  expect(report.reused).toEqual({
    unchangedCount: 7,
    movedCount: 0,
    dataBytes: TREE.map(long).join('').length,
  })
  expect(sentBytes).toBeLessThan(1000)
})

test('a file as young as its base is hashed, and sent when it has other data at the same time', async () => {
  const cwd = makeTree()
  for (const name of ['changed', 'kept']) put(cwd, `site/${name}`, long(name), CREATED.createdAt)
  const base = await open(await packed(cwd))
  put(cwd, 'site/changed', long('CHANGED'), CREATED.createdAt)
  const { bytes, report } = await pulled(cwd, { base, moved: false })
  expect(report.dataBytes).toBe(long('changed').length)
  expect(await (await open(bytes, [base])).text('site/changed')).toBe(long('CHANGED'))
})

test('a chain of bases', async () => {
  const cwd = makeTree()
  const full = await open(await packed(cwd))
  change(cwd)
  const first = await open((await pulled(cwd, { base: full })).bytes, [full])
  put(cwd, 'site/kept', long('again'), new Date())
  const { bytes } = await pulled(cwd, { base: [first, full] })
  expect(Buffer.compare(bytes, await packed(cwd, { base: [first, full] }))).toBe(0)
  const archive = await open(bytes, [first, full])
  expect(await archive.text('site/touched')).toBe(long('touched'))
  expect(await archive.text('site/kept')).toBe(long('again'))
})

test('a client of the original gets 0 for what is unchanged, though it knows whole seconds only', async () => {
  const cwd = makeTree()
  const base = await open(await packed(cwd))
  put(cwd, 'site/new', long('new'))
  const { report, bytes } = await pulled(cwd, { base }, { protocol: 'original' })
  expect(report).toMatchObject({ protocol: 'original', dataBytes: long('new').length })
  const archive = await open(bytes, [base])
  const kept = await archive.get('site/kept')
  expect(kept.location?.depth).toBe(1)
  expect(kept.mtime).toEqual({ seconds: OLD.getTime() / 1000 - 0.125, nanoseconds: 125_000_000 })
})

test('a file that does not keep still while it is hashed is sent', async () => {
  const cwd = makeTree()
  const base = await open(await packed(cwd))
  put(cwd, 'site/kept', long('tpek'), new Date())
  let reads = 0
  const fileSystem = fileSystemWith({
    read: (fd, into, offset) => {
      reads += 1
      if (reads === 1) utimesSync(join(cwd, 'site/kept'), new Date(5), new Date(5))
      return nodeFileSystem.read(fd, into, offset)
    },
  })
  const [up, down] = [new PassThrough(), new PassThrough()]
  const target = new MemoryTarget()
  const [sent, report] = await Promise.all([
    sendWith('site', { readable: down, writable: up }, { cwd, fileSystem }),
    serveArchive({ readable: up, writable: down }, target, { ...CREATED, base }),
  ])
  expect([sent.ok, report.ok]).toEqual([true, true])
  const archive = await open(target.bytes(), [base])
  expect(await archive.text('site/kept')).toBe(long('tpek'))
  expect((await archive.get('site/kept')).location?.depth).toBe(0)
})

test('bases that do not belong together end both sides before anything is written', async () => {
  const cwd = makeTree()
  const full = await open(await packed(cwd))
  change(cwd)
  const first = await open(await packed(cwd, { base: full }), [full])
  const other = await open(await packed(cwd))
  const [up, down] = [new PassThrough(), new PassThrough()]
  const [sent, served] = await Promise.allSettled([
    sendTree('site', { readable: down, writable: up }, { cwd }),
    serveArchive({ readable: up, writable: down }, new MemoryTarget(), { base: [first, other] }),
  ])
  expect(served).toMatchObject({ status: 'rejected', reason: { code: 'base-mismatch' } })
  expect(sent).toMatchObject({ status: 'rejected', reason: { code: 'storage', location: 'server' } })
})
