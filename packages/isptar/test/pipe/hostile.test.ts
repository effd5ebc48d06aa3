/** A side that does not keep to our protocol is refused, with an error that says which one it was. */
import { describe, expect, test } from 'vitest'
import { openBaseReuse } from '../../src/chain/base-reuse.ts'
import { createArchive, MemorySource, MemoryTarget, openArchive } from '../../src/index.ts'
import { encodeFrame, encodeUint32, FRAME } from '../../src/pipe/frames.ts'
import { encodeHello } from '../../src/pipe/hello.ts'
import { EntryJudge } from '../../src/pipe/entry-judge.ts'
import { OwnServer } from '../../src/pipe/own-server.ts'
import { PipeSession } from '../../src/pipe/pipe-session.ts'
import { Receiver } from '../../src/pipe/receiver.ts'
import { sendPipe } from '../../src/pipe/send-pipe.ts'
import { servePipe } from '../../src/pipe/serve-pipe.ts'
import { encodeFinished, encodeNotice, encodeProblem } from '../../src/pipe/text-messages.ts'
import { encodeWant } from '../../src/pipe/want.ts'
import { contentOf, parrot, type Sample, SampleTree } from './pipe-support.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const hello = encodeHello()
const entry = (line: string): Uint8Array => encodeFrame(FRAME.entry, text(line))
const done = encodeFrame(FRAME.done)
const FILE = 'f\t#0\t#0\t420\tfile\t0\t5'
const file = encodeFrame(FRAME.file, text(FILE))
const end = encodeFrame(FRAME.end, Uint8Array.of(0))
const data = (value: string): Uint8Array => encodeFrame(FRAME.data, text(value))

function lying(type: number, lengthBytes: number): Uint8Array {
  return Buffer.concat([Uint8Array.of(type), encodeUint32(lengthBytes)])
}

async function serveWords(
  ...words: Uint8Array[]
): Promise<{ target: MemoryTarget; failure: unknown; problems: string[] }> {
  const target = new MemoryTarget()
  const problems: string[] = []
  const writer = createArchive(target, { createdAt: new Date(0) })
  const serving = servePipe(parrot(Buffer.concat(words)).streams, writer, {
    onProblem: ({ path, kind, message }) => void problems.push(`${kind} ${path}: ${message}`),
  })
  const failure: unknown = await serving.then(
    () => undefined,
    (error: unknown) => error,
  )
  return { target, failure, problems }
}

describe('a hostile client', () => {
  test.each<[string, Uint8Array[], string]>([
    ['another name in the hello', [Buffer.from('ffff6973707461780100', 'hex')], 'instead of a hello'],
    ['an unknown message', [hello, lying(99, 0)], 'a message of the unknown type 99'],
    ['type 0', [hello, lying(0, 0)], 'a message of the unknown type 0'],
    ['a huge entry', [hello, lying(FRAME.entry, 0xffff_ffff)], '4294967295 bytes, at most 3145728'],
    ['a huge piece of data', [hello, lying(FRAME.data, 262_145)], '262145 bytes, at most 262144'],
    [
      'a message of the server',
      [hello, encodeFinished({ entryCount: 0, sizeBytes: 0, problemCount: 0 })],
      'out of turn',
    ],
    ['a line that is no entry', [hello, entry('nothing')], 'describes no entry'],
    ['a bad escape', [hello, entry('a\\x\t#0\t#0\t420\tdir')], 'bad escape'],
    ['a padded number', [hello, entry('a\t#0\t#0\t0420\tdir')], 'expected a decimal number'],
    [
      'a size beyond all numbers',
      [hello, entry(`a\t#0\t#0\t420\tfile\t0\t${'9'.repeat(16)}`)],
      'expected a decimal number',
    ],
    ['an attribute that is no base64', [hello, entry('a\t#0\t#0\t420\tdir\tx.user.a=!')], 'no base64'],
    [
      'data before the file',
      [hello, entry(FILE), data('hello'), done],
      'something else than the file that was asked for',
    ],
    ['an end before the file', [hello, entry(FILE), end, done], 'something else than the file that was asked for'],
    ['another file', [hello, entry(FILE), encodeFrame(FRAME.file, text(FILE.replace('f', 'g'))), done], 'another file'],
    [
      'a folder for a file',
      [hello, entry(FILE), encodeFrame(FRAME.file, text('f\t#0\t#0\t420\tdir')), done],
      'another file',
    ],
    ['the file twice', [hello, entry(FILE), file, file, done], 'more data than the file has, or something else'],
    [
      'more data than its size',
      [hello, entry(FILE), file, data('hell'), data('o!'), done],
      'more data than the file has',
    ],
    ['data that nobody asked for', [hello, data('x'), end, done], 'data that was not asked for'],
    [
      'more data that nobody asked for than is held',
      [hello, ...Array.from({ length: 6 }, () => encodeFrame(FRAME.data, new Uint8Array(262_144))), done],
      'data that was not asked for',
    ],
    ['data after its end', [hello, entry(FILE), file, data('hello'), end, end, done], 'data that was not asked for'],
    ['an end without its data', [hello, entry(FILE), done], 'something else than the file'],
    [
      'too many entries',
      [hello, entry(FILE), ...Array.from({ length: 4097 }, () => entry('d\t#0\t#0\t420\tdir'))],
      'ahead than it may',
    ],
    ['half a digest', [hello, encodeFrame(FRAME.digest, Uint8Array.of(0))], 'a digest that was not asked for'],
    [
      'a digest that nobody asked for',
      [hello, encodeFrame(FRAME.digest, encodeUint32(0))],
      'a digest that was not asked for',
    ],
  ])('%s', async (_name, words, message) => {
    const { target, failure } = await serveWords(...words)
    expect(failure).toMatchObject({ code: 'storage', location: 'client', kind: 'protocol' })
    expect(String(failure)).toContain(message)
    expect(() => target.bytes()).toThrow(TypeError)
  })

  test('what waits holds its own line only, not what came with it', async () => {
    const held: number[] = []
    const judge = new EntryJudge(undefined)
    const session = new PipeSession(
      parrot(Buffer.concat([hello, entry(FILE), file, data('hello'), end, encodeNotice('x'.repeat(9999)), done]))
        .streams,
      'client',
      undefined,
    )
    const target = new MemoryTarget()
    const server = new OwnServer(session, new Receiver(createArchive(target), {}, undefined), judge)
    judge.judge = (now) => {
      held.push(now.path.buffer.byteLength)
      return Promise.resolve({ kind: 'data', now })
    }
    await server.receive()
    expect(held).toEqual([FILE.length])
  })

  test('version 0 is refused, a later one is taken', async () => {
    const versioned = (version: number): Uint8Array => Buffer.concat([hello.subarray(0, -2), Uint8Array.of(version, 0)])
    expect((await serveWords(versioned(0), done)).failure).toMatchObject({ code: 'unsupported' })
    expect((await serveWords(versioned(7), done)).failure).toBeUndefined()
  })

  test('what is sent is the content of a folder only where that is said', async () => {
    for (const [said, top] of [
      ['{"top":"folder"}', 'folder'],
      ['{"top":"other","more":1}', undefined],
      ['no JSON', undefined],
    ] as const) {
      const { target, failure } = await serveWords(hello, encodeFrame(FRAME.tree, text(said)), done)
      expect(failure).toBeUndefined()
      await using archive = await openArchive(new MemorySource(target.bytes()))
      expect(archive.serviceInfo.get('top')).toBe(top)
    }
  })

  test('paths that lead elsewhere are refused one by one, and nothing is asked of them', async () => {
    const { target, failure, problems } = await serveWords(
      hello,
      ...['../up', '/root', 'a/../b', '', 'a//b', 'C:..\\\\x', 'nul\0'].map((path) =>
        entry(`${path}\t#0\t#0\t420\tfile\t0\t5`),
      ),
      entry('hard\t#0\t#0\t420\thard\t../../etc/shadow'),
      entry('good\t#0\t#0\t493\tdir'),
      done,
    )
    expect(failure).toBeUndefined()
    expect(problems).toHaveLength(8)
    for (const problem of problems) expect(problem).toMatch(/^refused /)
    expect(await contentOf(target.bytes())).toMatchObject([{ path: 'good' }])
  })

  test('what tar cannot say is refused, and the data that came with it is read over', async () => {
    const name = `user.${'n'.repeat(300)}`
    const odd = `f\t#9007199254740991\t#0\t420\tfile\t9007199254740991\t5\tx.${name}=AA==`
    const { target, failure, problems } = await serveWords(
      ...[hello, entry(odd), encodeFrame(FRAME.file, text(odd)), data('hello'), end],
      ...[entry('good\t#0\t#0\t493\tdir'), done],
    )
    expect(failure).toBeUndefined()
    const stored = (await contentOf(target.bytes())).map((one) => one['path'])
    expect([stored.length + problems.length, stored.at(-1)]).toEqual([2, 'good'])
  })

  test('a hardlink to a file that could not be sent after all is left out', async () => {
    const gone = encodeFrame(FRAME.gone)
    const { target, failure, problems } = await serveWords(
      ...[hello, entry(FILE), gone, entry('h\t#0\t#0\t420\thard\tf'), entry('good\t#0\t#0\t493\tdir'), done],
    )
    expect(failure).toBeUndefined()
    expect(problems).toEqual(['unreadable h: the file that it is a hardlink to, "f", could not be read'])
    expect(await contentOf(target.bytes())).toMatchObject([{ path: 'good' }])
  })

  test('words that are no JSON are told as such, and the archive is not harmed', async () => {
    const { failure, problems } = await serveWords(
      ...[hello, encodeFrame(FRAME.problem, text('[1')), encodeFrame(FRAME.problem, text('{"path":1,"__proto__":2}'))],
      ...[encodeNotice('\udcff'), encodeProblem({ path: '\udc80', kind: 'changed', message: 'm' })],
      ...[entry('good\t#0\t#0\t493\tdir'), done],
    )
    expect(failure).toBeUndefined()
    expect(problems).toEqual([
      '(not said) (not said): (not said)',
      '(not said) (not said): (not said)',
      'changed \udc80: m',
    ])
  })
})

describe('a hostile client of a server that has a base', () => {
  const named = (line: string, digest = new Uint8Array(32)): Uint8Array =>
    encodeFrame(FRAME.digest, encodeUint32(0), digest, text(line))

  async function serveOver(...words: Uint8Array[]): Promise<unknown> {
    const base = new MemoryTarget()
    const writer = createArchive(base, { createdAt: new Date(0) })
    await writer.add({ path: 'known' }, 'hello')
    await writer.close()
    await using archive = await openArchive(new MemorySource(base.bytes()))
    const reuse = await openBaseReuse([archive], { moved: true })
    const target = new MemoryTarget()
    const next = createArchive(target, { bases: reuse.identities })
    const known = { reuse, compare: 'metadata' } as const
    const failure: unknown = await servePipe(parrot(Buffer.concat(words)).streams, next, {}, known).then(
      () => undefined,
      (error: unknown) => error,
    )
    await reuse.close()
    if (failure !== undefined) expect(() => target.bytes()).toThrow(TypeError)
    return failure
  }

  test.each<[string, Uint8Array[], string]>([
    ['an end without the digest', [hello, entry(FILE), done], 'without a digest that was asked for'],
    ['a digest of another file', [hello, entry(FILE), named(FILE.replace('f', 'g')), done], 'another file'],
    ['a digest without a line', [hello, entry(FILE), named(''), done], 'describes no entry'],
    ['the digest twice', [hello, entry(FILE), named(FILE), named(FILE), done], 'a digest that was not asked for'],
    ['no data after an unknown digest', [hello, entry(FILE), named(FILE), done], 'something else than the file'],
  ])('%s', async (_name, words, message) => {
    const failure = await serveOver(...words)
    expect(failure).toMatchObject({ code: 'storage', location: 'client', kind: 'protocol' })
    expect(String(failure)).toContain(message)
  })

  test('data after an unknown digest is taken', async () => {
    expect(await serveOver(hello, entry(FILE), named(FILE), file, data('hallo'), end, done)).toBeUndefined()
  })

  test('a file that cannot be hashed may still be sent', async () => {
    const none = encodeFrame(FRAME.digest, encodeUint32(0))
    expect(await serveOver(hello, entry(FILE), none, file, data('hallo'), end, done)).toBeUndefined()
  })
})

describe('a hostile server', () => {
  const samples: Sample[] = [
    { path: 'f', data: text('hello') },
    { path: 'd', type: 'directory' },
    { path: 'e', data: text('') },
  ]
  const release = (count: number): Uint8Array => encodeFrame(FRAME.release, encodeUint32(count))
  const wantData = (number: number): Uint8Array => encodeWant({ number, what: 'data' })
  const finished = encodeFinished({ entryCount: 3, sizeBytes: 9, problemCount: 0 })

  test.each<[string, Uint8Array[], string]>([
    ["the original's answer", [Uint8Array.of(1, 0, 1, 0)], 'use its protocol (--original)'],
    ["a shell's greeting", [text('Welcome to host')], 'instead of a hello'],
    ['an end before all was sent', [hello, finished], 'out of turn'],
    ['an end before all was released', [hello, release(2), finished], 'out of turn'],
    ['a wish for an entry that was never sent', [hello, wantData(3)], 'what was not offered'],
    ['a wish for a released entry', [hello, release(1), wantData(0)], 'what was not offered'],
    ['a wish for a folder', [hello, wantData(1)], 'what was not offered'],
    ['a wish for an empty file', [hello, wantData(2)], 'what was not offered'],
    ['the same wish twice', [hello, wantData(0), wantData(0)], 'what was not offered'],
    [
      'a digest after the data',
      [hello, wantData(0), encodeWant({ number: 0, what: 'digest' })],
      'what was not offered',
    ],
    [
      'a wish for something else',
      [hello, encodeFrame(FRAME.want, Uint8Array.of(0, 0, 0, 0, 7))],
      'what was not offered',
    ],
    ['half a wish', [hello, encodeFrame(FRAME.want, Uint8Array.of(0, 0))], 'what was not offered'],
    ['more released than sent', [hello, release(4)], 'releases more entries'],
    ['half a release', [hello, encodeFrame(FRAME.release, Uint8Array.of(1))], 'releases more entries'],
    ['a message of the client', [hello, done], 'out of turn'],
    ['a huge wish', [hello, lying(FRAME.want, 1e9)], 'at most 5'],
  ])('%s', async (_name, words, message) => {
    const tree = new SampleTree(samples)
    const failed = sendPipe(tree.offer, delayed(Buffer.concat(words)))
    await expect(failed).rejects.toThrow(message)
    await expect(failed).rejects.toMatchObject({ code: 'storage', location: 'server', kind: 'protocol' })
    expect(tree.open).toBe(0)
  })
})

/** Says its words once the client has sent something, all but the hello, so that the client's entries are under way. */
function delayed(words: Uint8Array): ReturnType<typeof parrot>['streams'] {
  const isHello = words[0] === 0xff
  const parts = isHello ? [words.subarray(0, hello.length), words.subarray(hello.length)] : [words]
  const readable = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        // Entries go out in the turn in which the hello is read.
        await new Promise((resolve) => setImmediate(resolve))
        const part = parts.shift()
        if (part === undefined) controller.close()
        else controller.enqueue(part)
      },
    },
    { highWaterMark: 0 },
  )
  return { readable, writable: new WritableStream() }
}
