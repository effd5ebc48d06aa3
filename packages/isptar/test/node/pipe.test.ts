/** Trees of this machine through a pipe: the archive is the one that packing makes, and the original's captures. */
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { extractTree } from '../../src/node/extract-tree.ts'
import { FileTarget } from '../../src/node/file-target.ts'
import { openFile } from '../../src/node/open-file.ts'
import { packTree } from '../../src/node/pack-tree.ts'
import type { PipeEnds } from '../../src/node/pipe-ends.ts'
import { sendTree, sendWith } from '../../src/node/pipe-send.ts'
import { serveArchive } from '../../src/node/pipe-serve.ts'
import { loadPosix } from '../../src/node/posix.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { capture, contentOf, parrot } from '../pipe/pipe-support.ts'
import { needs } from './needs.ts'
import { fileSystemWith, makeFolder, systemError } from './walk-support.ts'

const CREATED = { createdAt: new Date(0) }

/** Two sides over Node streams that hold a few bytes. */
function tinyPipes(): { client: PipeEnds; server: PipeEnds } {
  const [up, down] = [new PassThrough({ highWaterMark: 16 }), new PassThrough({ highWaterMark: 16 })]
  return { client: { readable: down, writable: up }, server: { readable: up, writable: down } }
}

async function makeTree(): Promise<string> {
  const cwd = makeFolder()
  mkdirSync(join(cwd, 'site/empty'), { recursive: true })
  writeFileSync(join(cwd, 'site/index.html'), 'hello\n')
  writeFileSync(join(cwd, 'site/nothing'), '')
  writeFileSync(join(cwd, 'site/big'), Buffer.alloc(3_145_735, 'isptar '))
  writeFileSync(Buffer.concat([Buffer.from(`${cwd}/site/`), Buffer.from([0xff, 0x0a, 0x09])]), 'odd')
  linkSync(join(cwd, 'site/index.html'), join(cwd, 'site/same.html'))
  symlinkSync('index.html', join(cwd, 'site/link'))
  const posix = await loadPosix()
  posix.makeFifo(Buffer.from(join(cwd, 'site/fifo')))
  posix.setModifiedTime(Buffer.from(join(cwd, 'site/index.html')), { seconds: 1_600_000_000, nanoseconds: 123 })
  return cwd
}

async function packed(cwd: string): Promise<Uint8Array> {
  const target = new MemoryTarget()
  await packTree('site', target, { cwd, ...CREATED })
  return target.bytes()
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length
}

describe('the archive is the one that packing on one machine makes', () => {
  test('through pipes that hold sixteen bytes', async () => {
    const cwd = await makeTree()
    const { client, server } = tinyPipes()
    const target = new MemoryTarget()
    const [sent, served] = await Promise.all([sendTree('site', client, { cwd }), serveArchive(server, target, CREATED)])
    expect([sent.ok, served.ok, served.protocol]).toEqual([true, true, 'isptar'])
    expect(Buffer.compare(target.bytes(), await packed(cwd))).toBe(0)
  })

  test('over a socket', async () => {
    const cwd = await makeTree()
    const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    onTestFinished(() => void listener.close())
    await once(listener, 'listening')
    const address = listener.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const client = connectSocket(address.port, '127.0.0.1')
    const [server] = (await once(listener, 'connection')) as [Socket]
    const target = new MemoryTarget()
    const [sent, served] = await Promise.all([sendTree('site', client, { cwd }), serveArchive(server, target, CREATED)])
    expect([sent.ok, served.ok]).toEqual([true, true])
    expect(Buffer.compare(target.bytes(), await packed(cwd))).toBe(0)
  })

  test('of the content of a folder, which it says, so that restoring may remove what it does not have', async () => {
    const cwd = join(await makeTree(), 'site')
    for (const [protocol, top] of [
      ['isptar', 'folder'],
      ['original', undefined],
    ] as const) {
      const { client, server } = tinyPipes()
      const [target, expected] = [new MemoryTarget(), new MemoryTarget()]
      await Promise.all([sendTree(['./'], client, { cwd, protocol }), serveArchive(server, target, CREATED)])
      await using archive = await openArchive(new MemorySource(target.bytes()))
      expect(archive.serviceInfo.get('top')).toBe(top)
      await packTree('.', expected, { cwd, ...CREATED })
      if (protocol === 'isptar') expect(Buffer.compare(target.bytes(), expected.bytes())).toBe(0)
    }
  })

  test('patterns leave out on the client, and the server hears of notices', async () => {
    const cwd = await makeTree()
    const { client, server } = tinyPipes()
    const target = new MemoryTarget()
    const exclude = ['big', '*.none']
    const [sent, served] = await Promise.all([
      sendTree('site', client, { cwd, exclude }),
      serveArchive(server, target, CREATED),
    ])
    const paths = (await contentOf(target.bytes())).map((entry) => entry['path'])
    expect(paths).toContain('site/index.html')
    expect(paths).not.toContain('site/big')
    expect(sent.notices).toEqual(['the pattern "*.none" left nothing out'])
    expect(served.notices).toEqual(sent.notices)
  })
})

describe('trouble with files', () => {
  test('what cannot be opened is left out, its other names too unless they can be, and no file stays open', async () => {
    const cwd = await makeTree()
    const before = openFiles()
    const { client, server } = tinyPipes()
    const target = new MemoryTarget()
    const fileSystem = fileSystemWith({
      open: (path) => {
        if (path.toString().endsWith('index.html') || path.toString().endsWith('big')) throw systemError('EACCES')
        return nodeFileSystem.open(path)
      },
    })
    const [sent, served] = await Promise.all([
      sendWith('site', client, { cwd, fileSystem }),
      serveArchive(server, target, CREATED),
    ])
    const stored = await contentOf(target.bytes())
    // The first name could not be read: the second one holds the data then.
    expect(stored.find(({ path }) => path === 'site/same.html')).toMatchObject({ type: 'file', data: 'hello\n' })
    expect(stored.map(({ path }) => path)).not.toContain('site/big')
    expect(served.problems.map(({ kind }) => kind)).toEqual(['unreadable', 'unreadable'])
    expect([sent.ok, sent.problems.length]).toEqual([false, 2])
    expect(openFiles()).toBe(before)
  })

  test.each(['truncated', 'appended to', 'touched'] as const)('a file that is %s while it is read', async (what) => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'site'))
    const path = join(cwd, 'site/log')
    writeFileSync(path, Buffer.alloc(1_000_000, 'x'))
    let reads = 0
    const fileSystem = fileSystemWith({
      read: (fd, into, offset) => {
        reads += 1
        if (reads === 2 && what === 'truncated') truncateSync(path, 100)
        if (reads === 2 && what === 'appended to') appendFileSync(path, 'more')
        if (reads === 2 && what === 'touched') utimesSync(path, 1, 1)
        return nodeFileSystem.read(fd, into, offset)
      },
    })
    const { client, server } = tinyPipes()
    const target = new MemoryTarget()
    const [, served] = await Promise.all([
      sendWith('site', client, { cwd, fileSystem }),
      serveArchive(server, target, CREATED),
    ])
    expect(served.problems).toEqual([
      { path, kind: 'changed', message: 'it changed while it was read; the entry is flagged dirty' },
    ])
    const [, log] = await contentOf(target.bytes())
    expect(log).toMatchObject({ sizeBytes: 1_000_000, dirty: true })
  })

  test('a file that vanishes after it was announced', async () => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'site'))
    writeFileSync(join(cwd, 'site/a'), 'a')
    writeFileSync(join(cwd, 'site/b'), 'b')
    const fileSystem = fileSystemWith({
      open: (path) => {
        if (path.toString().endsWith('/a')) unlinkSync(path)
        return nodeFileSystem.open(path)
      },
    })
    const { client, server } = tinyPipes()
    const target = new MemoryTarget()
    const [, served] = await Promise.all([
      sendWith('site', client, { cwd, fileSystem }),
      serveArchive(server, target, CREATED),
    ])
    expect(served.problems).toMatchObject([{ path: join(cwd, 'site/a'), kind: 'vanished' }])
    expect((await contentOf(target.bytes())).map(({ path }) => path)).toEqual(['site', 'site/b'])
  })

  test.each([
    ['a missing root', { roots: 'missing', exclude: [] as string[] }, 'nothing could be read'],
    ['patterns that leave nothing', { roots: 'site', exclude: ['*'] }, 'the patterns leave everything out'],
  ])('%s keeps the old archive', async (_name, { roots, exclude }, message) => {
    const cwd = await makeTree()
    const path = join(cwd, 'old.tgz')
    writeFileSync(path, 'old')
    const { client, server } = tinyPipes()
    const [sent, served] = await Promise.allSettled([
      sendTree(roots, client, { cwd, exclude }),
      serveArchive(server, new FileTarget(path, { overwrite: true })),
    ])
    expect(sent).toMatchObject({ status: 'rejected', reason: { code: 'storage' } })
    expect(served).toMatchObject({ status: 'rejected', reason: { code: 'storage', location: 'client' } })
    if (served.status === 'rejected') expect(String(served.reason)).toContain(message)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(cwd).toSorted()).toEqual(['old.tgz', 'site'])
  })

  test('a client that goes away leaves nothing on disk', async () => {
    const cwd = await makeTree()
    const up = new PassThrough()
    const down = new PassThrough()
    const serving = serveArchive({ readable: up, writable: down }, new FileTarget(join(cwd, 'x.tgz')))
    up.write(capture('full.c2s.bin').subarray(0, 100_000))
    up.destroy(new Error('the cable was pulled'))
    await expect(serving).rejects.toThrow('the client went away: reading failed after')
    expect(readdirSync(cwd)).toEqual(['site'])
  })
})

describe("the original's protocol", () => {
  test('our client sends what the original sent of the same tree', async ({ skip }) => {
    needs(skip, process.geteuid?.() === 0, 'owners are restored by root only')
    const users = readFileSync('/etc/passwd', 'utf8')
    needs(skip, /^daemon:x:1:/m.test(users) && /^www-data:x:33:/m.test(users), 'the users of the capture')
    const cwd = makeFolder()
    const fixture = new URL('../../../../fixtures/original/pipe/archive.tgz', import.meta.url).pathname
    await using archive = await openArchive(await openFile(fixture))
    await extractTree(archive, cwd)
    const { streams, heard } = parrot(capture('full.s2c.bin'))
    await sendTree('data', streams, { cwd, protocol: 'original' })
    expect(Buffer.concat(heard).equals(capture('full.c2s.bin'))).toBe(true)
  })

  test('both sides speak it, when the client is told to', async () => {
    const cwd = await makeTree()
    const { client, server } = tinyPipes()
    const target = new MemoryTarget()
    const [sent, served] = await Promise.all([
      sendTree('site', client, { cwd, protocol: 'original' }),
      serveArchive(server, target, CREATED),
    ])
    expect([sent.ok, sent.archive, served.protocol]).toEqual([true, undefined, 'original'])
    const paths = (await contentOf(target.bytes())).map((entry) => entry['path'])
    expect(paths).not.toContain('site')
    expect(paths).toHaveLength(8)
  })
})
