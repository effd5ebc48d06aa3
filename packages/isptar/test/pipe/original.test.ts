/** The original's protocol: its captures, answer for answer and byte for byte, and what breaks it. */
import { expect, test } from 'vitest'
import { createArchive, MemorySource, MemoryTarget, openArchive, StorageError } from '../../src/index.ts'
import type { PipeProblem } from '../../src/pipe/offered-entry.ts'
import { sendPipe } from '../../src/pipe/send-pipe.ts'
import { servePipe } from '../../src/pipe/serve-pipe.ts'
import { capture, connect, contentOf, parrot, type Sample, SampleTree } from './pipe-support.ts'

const CREATED = { createdAt: new Date(0) }

/** The tree that was sent, from the archive that the original made of it. */
async function capturedTree(): Promise<Sample[]> {
  await using archive = await openArchive(new MemorySource(capture('archive.tgz')))
  const samples: Sample[] = []
  for await (const entry of archive.entries()) {
    const { path, type, mode, uid, gid, userName, groupName, mtime } = entry
    const data = type === 'file' ? await entry.bytes() : undefined
    samples.push({ path, type, mode, uid, gid, userName, groupName, mtime, ...(data && { data }) })
  }
  return samples
}

function joined(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts)
}

function int16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16LE(value)
  return bytes
}

function line(text: string): Uint8Array {
  return Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)])
}

const FILE = 'f\t#0\t#0\t420\tfile\t0\t5'

async function serveWords(...words: Uint8Array[]): Promise<{ said: string; target: MemoryTarget; problems: string[] }> {
  const { streams, heard } = parrot(joined(words))
  const target = new MemoryTarget()
  const report = await servePipe(streams, createArchive(target, CREATED))
  expect(report.protocol).toBe('original')
  const problems = report.problems.map(({ path, kind, message }) => `${kind} ${path}: ${message}`)
  return { said: joined(heard).toString('hex'), target, problems }
}

test.each(['full', 'smallonly'])('our client sends what the original sent: %s', async (name) => {
  const tree = new SampleTree(await capturedTree())
  const { streams, heard } = parrot(capture(`${name}.s2c.bin`))
  const report = await sendPipe(tree.offer, streams, { protocol: 'original' })
  expect(report).toEqual({ ok: true, problems: [], notices: [], archive: undefined })
  expect(joined(heard).equals(capture(`${name}.c2s.bin`))).toBe(true)
  expect(tree.open).toBe(0)
})

test('our server answers what the original answered, and the archive holds the same', async () => {
  const { streams, heard } = parrot(capture('full.c2s.bin'))
  const target = new MemoryTarget()
  const report = await servePipe(streams, createArchive(target, CREATED))
  expect(joined(heard).equals(capture('full.s2c.bin'))).toBe(true)
  expect(report).toMatchObject({ protocol: 'original', ok: true, problems: [], dataBytes: 247_219 })
  const ours = await contentOf(target.bytes())
  const theirs = (await capturedTree()).map((sample) => sample.path)
  expect(ours.map((entry) => entry['path'])).toEqual(theirs)
  const expected = JSON.parse(Buffer.from(capture('expected.json')).toString()) as Record<string, unknown>[]
  for (const { path, type, mode, uid, gid, mtime, size } of expected.filter((entry) => entry['type'] === 'file')) {
    const found = ours.find((entry) => entry['path'] === path)
    expect(found).toMatchObject({ type, mode, mtime: { seconds: mtime, nanoseconds: 0 }, sizeBytes: size })
    expect(found?.['owner']).toEqual([uid, gid, expect.any(String), expect.any(String)])
  }
})

test('both sides together, in small pieces', async () => {
  const tree = new SampleTree(await capturedTree())
  const pipe = connect({ pieceBytes: 61 }, { pieceBytes: 1 })
  const target = new MemoryTarget()
  const [sent, served] = await Promise.all([
    sendPipe(tree.offer, pipe.client, { protocol: 'original' }),
    servePipe(pipe.server, createArchive(target, CREATED)),
  ])
  expect([sent.ok, served.ok]).toEqual([true, true])
  const [stored, offered] = [await contentOf(target.bytes()), await capturedTree()]
  expect(stored.map(({ path, data }) => [path, data])).toEqual(
    offered.map(({ path, data }) => [path, Buffer.from(data ?? []).toString('latin1')]),
  )
})

test('an empty stream of entries is an empty archive', async () => {
  const { said, target } = await serveWords(int16(0))
  expect(said).toBe('')
  expect(await contentOf(target.bytes())).toEqual([])
})

test('a file that ends short is filled with zeros and flagged', async () => {
  const { said, target, problems } = await serveWords(line(FILE), int16(2), Buffer.from('ab'), int16(0), int16(0))
  expect(said).toBe('0100')
  expect(await contentOf(target.bytes())).toMatchObject([{ path: 'f', dirty: true, data: 'ab\0\0\0' }])
  expect(problems).toEqual([
    'changed f: it became shorter while it was read; zeros stand for the rest, the entry is flagged dirty',
  ])
})

test('our client says that a file ended short', async () => {
  const samples = [{ path: 'f', data: Buffer.from('abcde'), later: Buffer.from('ab'), trouble: 'it shrank' }]
  const { streams, heard } = parrot(int16(1))
  const problems: PipeProblem[] = []
  const options = { protocol: 'original', onProblem: (problem: PipeProblem) => void problems.push(problem) } as const
  const report = await sendPipe(new SampleTree(samples).offer, streams, options)
  expect(report.ok).toBe(false)
  expect(problems).toEqual([{ path: 'f', kind: 'changed', message: 'it shrank' }])
  const sent = joined([line(FILE), int16(2), Buffer.from('ab'), int16(0), int16(0)])
  expect(joined(heard).equals(sent)).toBe(true)
})

test('lines longer than 32,767 bytes and files that cannot be opened are left out, and the rest is sent', async () => {
  const samples: Sample[] = [
    { path: 'long', type: 'symlink', linkTarget: 'x'.repeat(32_767) },
    { path: 'closed', data: Buffer.from('x'), unreadable: true },
    { path: 'last', type: 'directory' },
  ]
  const { streams, heard } = parrot(int16(0))
  const report = await sendPipe(new SampleTree(samples).offer, streams, { protocol: 'original' })
  expect(report.problems.map(({ path, kind }) => [path, kind])).toEqual([
    ['long', 'unstorable'],
    ['closed', 'unreadable'],
  ])
  expect(joined(heard).equals(joined([line('last\t#0\t#0\t493\tdir'), int16(0)]))).toBe(true)
})

test('what no archive may hold is answered with 0 and reported', async () => {
  const { said, target, problems } = await serveWords(
    line('../up\t#0\t#0\t420\tfile\t0\t5'),
    line('/root\t#0\t#0\t420\tfile\t0\t5'),
    line('no entry'),
    line('bad\\escape\t#0\t#0\t493\tdir'),
    line('zero\t#0\t#0\t0493\tdir'),
    line('good\t#0\t#0\t493\tdir'),
    int16(0),
  )
  expect(said).toBe('0000'.repeat(6))
  expect(await contentOf(target.bytes())).toMatchObject([{ path: 'good' }])
  expect(problems).toHaveLength(5)
  expect(problems[0]).toBe('refused ../up: refused "../up": the path has a ".." component')
})

test.each([
  ['a negative length', [int16(-2), Buffer.from('xx')], 'protocol', 'a line of -2 bytes'],
  ['a negative chunk', [line(FILE), int16(-3)], 'protocol', 'a chunk of -3 bytes'],
  ['a chunk beyond the size', [line(FILE), int16(6), Buffer.from('abcdef')], 'protocol', 'at most 5 are left'],
  ['an end within a line', [int16(100), Buffer.from('abc')], 'connection', 'its stream ended after 5 bytes'],
  ['an end instead of the last 0', [line('d\t#0\t#0\t493\tdir')], 'connection', 'which is too early'],
  ['nothing at all', [], 'connection', 'its stream ended after 0 bytes'],
])('%s ends it, and nothing is left', async (_name, words, kind, message) => {
  const target = new MemoryTarget()
  const { streams } = parrot(joined(words))
  const failed = servePipe(streams, createArchive(target, CREATED), { protocol: 'original' })
  await expect(failed).rejects.toThrow(message)
  await expect(failed).rejects.toMatchObject({ code: 'storage', location: 'client', kind })
  expect(() => target.bytes()).toThrow(TypeError)
})

test.each([
  ['another answer', int16(2), 'it answered 2'],
  ['a wish for what has no data', int16(1), 'which has none'],
  ['no answer', Buffer.alloc(0), 'its stream ended'],
])('%s of the server ends the client', async (_name, words, message) => {
  const tree = new SampleTree([{ path: 'd', type: 'directory' }])
  const failed = sendPipe(tree.offer, parrot(words).streams, { protocol: 'original' })
  await expect(failed).rejects.toThrow(message)
  await expect(failed).rejects.toBeInstanceOf(StorageError)
  await expect(failed).rejects.toMatchObject({ location: 'server' })
})

test('the capture cut at many bytes leaves nothing', { timeout: 60_000 }, async () => {
  const words = capture('full.c2s.bin')
  const cuts = Array.from({ length: 900 }, (_, n) => (n < 500 ? n : 500 + (n - 500) * 31))
  cuts.push(words.length - 2, words.length - 1)
  for (const cut of cuts) {
    const target = new MemoryTarget()
    const served = servePipe(parrot(words.subarray(0, cut)).streams, createArchive(target, CREATED))
    await expect(served).rejects.toMatchObject({ code: 'storage', location: 'client', kind: 'connection' })
    expect(() => target.bytes()).toThrow(TypeError)
  }
})
