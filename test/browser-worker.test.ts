/** The built library on a page that leaves an archive to a worker, and windows inflated by a real `DecompressionStream`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { deflateRawSync } from 'node:zlib'
import { createArchive, MemoryTarget, openArchive, MemorySource } from 'isptar'
import { zlibCodec } from 'isptar/node'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { openPage, serveRange, whyNoPage } from './chromium.ts'

const lines = Buffer.from(Array.from({ length: 200_000 }, (_, n) => `line ${n} ${(n * 7919) % 1013}\n`).join(''))
let archive: Uint8Array
let ranges: [first: number, last: number][] = []

beforeAll(async () => {
  const target = new MemoryTarget()
  const writer = createArchive(target, { seekBytes: 65_536 })
  await writer.add({ path: 'dir', type: 'directory' })
  await writer.add({ path: 'dir/lines.txt' }, lines)
  await writer.add({ path: 'dir/small.txt' }, lines.subarray(0, 40_000))
  await writer.close()
  archive = target.bytes()
})

beforeEach(({ skip }) => {
  ranges = []
  const missing = whyNoPage()
  if (missing !== undefined) skip(missing)
})

function serveArchive(request: IncomingMessage, response: ServerResponse): void {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  if (first !== '') ranges.push([Number(first), Number(last)])
  serveRange(archive, request, response)
}

const imports = "import { HttpSource, IntegrityError, openArchiveInWorker, StorageError, withCounter } from 'isptar'"

/** Fails loudly where the page's thread does what the worker should. */
const GUARD = `
  const pageFetch = globalThis.fetch
  globalThis.fetch = (input, init) => String(input).includes('.tgz') ? Promise.reject(new Error('fetched by the page')) : pageFetch(input, init)
  globalThis.DecompressionStream = class { constructor() { throw new Error('inflated by the page') } }
  const onFallback = (reason) => { throw reason }
`

test('lists and reads over HTTP in a worker: ranges, streams, parts, SHA-256', async () => {
  const { location } = (await (await openArchive(new MemorySource(archive))).get('dir/lines.txt')).record
  const found = await openPage({
    imports,
    script: `${GUARD}
      const archive = await openArchiveInWorker('archive.tgz', { onFallback })
      found.paths = []
      for await (const entry of archive.entries({ under: 'dir' })) found.paths.push(entry.path)
      found.part = await new Response(archive.stream('dir/lines.txt', { start: 1_000_000, end: 1_000_020 })).text()
      found.small = (await archive.text('dir/small.txt')).length
      let length = 0
      for (const reader = archive.stream('dir/lines.txt').getReader(); ; ) {
        const { done, value } = await reader.read()
        if (done) break
        length += value.length
      }
      found.length = length
      const { ok, dataBytes } = await archive.verify()
      found.verified = [ok, dataBytes]
      await archive.close()
      found.closed = await archive.text('dir/small.txt').catch((error) => [error instanceof StorageError, error.kind])`,
    files: { '/archive.tgz': serveArchive },
  })
  expect(found).toEqual({
    paths: ['dir', 'dir/lines.txt', 'dir/small.txt'],
    part: lines.subarray(1_000_000, 1_000_020).toString(),
    small: 40_000,
    length: lines.length,
    verified: [true, lines.length + 40_000],
    closed: [true, 'closed'],
  })
  const [first] = ranges
  expect(first?.[0]).toBeGreaterThan((location?.offset ?? 0) + 65_536)
  expect((first?.[1] ?? 0) - (first?.[0] ?? 0)).toBeLessThan(65_536)
})

test('reads a File in a worker, and a source of the page, from which it takes no more than it needs', async () => {
  const found = await openPage({
    imports,
    script: `
      const onFallback = (reason) => { throw reason }
      const blob = await (await fetch('/whole.tgz')).blob()
      const own = await openArchiveInWorker(new File([blob], 'own.tgz'), { onFallback })
      found.own = [own.name, (await own.text('dir/small.txt')).length]
      const source = withCounter(new HttpSource('/archive.tgz'))
      const counted = await openArchiveInWorker(source, { onFallback })
      found.part = await new Response(counted.stream('dir/lines.txt', { start: 70_000, end: 70_010 })).text()
      found.requests = source.requests
      await Promise.all([own.close(), counted.close()])`,
    files: {
      '/archive.tgz': serveArchive,
      '/whole.tgz': (_, response) => void response.end(archive),
    },
  })
  expect(found).toEqual({
    own: ['own.tgz', 40_000],
    part: lines.subarray(70_000, 70_010).toString(),
    requests: 2,
  })
})

test('tells damage by typed errors, and ends a request that is given up', async () => {
  const damaged = new Uint8Array(archive)
  const { location } = (await (await openArchive(new MemorySource(archive))).get('dir/small.txt')).record
  const place = (location?.offset ?? 0) + 1000
  damaged[place] = (damaged[place] ?? 0) ^ 16
  let tellClosed: () => void = () => undefined
  const closed = new Promise<void>((resolve) => {
    tellClosed = resolve
  })
  const found = await openPage({
    imports,
    script: `${GUARD}
      const archive = await openArchiveInWorker('/damaged.tgz', { onFallback })
      const failed = await archive.bytes('dir/small.txt').catch((error) => error)
      found.damage = [failed instanceof IntegrityError, failed.code, failed.entry]
      found.intact = (await archive.bytes('dir/lines.txt')).length
      found.problems = (await archive.verify()).problems.map(({ path }) => path)
      const slow = await openArchiveInWorker('/slow.tgz', { onFallback })
      const abort = new AbortController()
      const reader = slow.stream('dir/lines.txt', { signal: abort.signal }).getReader()
      found.begun = (await reader.read()).value.length > 0
      const rest = (async () => { while (!(await reader.read()).done); })()
      abort.abort('enough')
      found.aborted = await rest.catch((error) => error)
      await pageFetch('/closed')
      await Promise.all([archive.close(), slow.close()])`,
    files: {
      '/damaged.tgz': (request, response) => serveRange(damaged, request, response),
      '/slow.tgz': (request, response) => {
        const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
        if (first === '') return serveRange(archive, request, response)
        const headers = { 'content-range': `bytes ${first}-${last}/${archive.length}`, etag: '"1"' }
        response.writeHead(206, headers).write(archive.subarray(Number(first), Number(first) + 300_000))
        response.on('close', tellClosed)
      },
      '/closed': (_, response) => void closed.then(() => response.end()),
    },
  })
  expect(found).toEqual({
    damage: [true, 'integrity', 'dir/small.txt'],
    intact: lines.length,
    problems: ['dir/small.txt'],
    begun: true,
    aborted: 'enough',
  })
})

test('a worker that dies is a typed error; without a worker the page reads itself', async () => {
  const found = await openPage({
    imports,
    script: `
      let worker
      const archive = await openArchiveInWorker('/archive.tgz', {
        startWorker: () => (worker = new Worker('/crashing.js', { type: 'module' })),
        onFallback: (reason) => { throw reason },
      })
      const reader = archive.stream('dir/lines.txt').getReader()
      await reader.read()
      worker.postMessage('crash')
      const lost = await (async () => { while (!(await reader.read()).done); })().catch((error) => error)
      found.lost = [lost instanceof StorageError, lost.kind, lost.message.includes('boom')]
      found.later = await archive.text('dir/small.txt').catch((error) => error.kind)
      await archive.close()
      const reasons = []
      const here = await openArchiveInWorker('/archive.tgz', {
        startWorker: () => new Worker('/none.js', { type: 'module' }),
        onFallback: (reason) => reasons.push(reason.name),
      })
      found.here = [(await here.text('dir/small.txt')).length, reasons]
      await here.close()`,
    files: {
      '/archive.tgz': serveArchive,
      '/crashing.js': `import '/dist/worker/archive-worker.js'
        addEventListener('message', ({ data }) => { if (data === 'crash') throw new Error('boom') })`,
    },
  })
  expect(found).toEqual({
    lost: [true, 'closed', true],
    later: 'closed',
    here: [40_000, ['StorageError']],
  })
})

test('a page whose policy forbids workers reads itself', async () => {
  const found = await openPage({
    imports,
    headers: { 'content-security-policy': "worker-src 'none'" },
    script: `
      let fallbacks = 0
      const archive = await openArchiveInWorker('/archive.tgz', { onFallback: () => (fallbacks += 1) })
      found.read = [(await archive.text('dir/small.txt')).length, fallbacks]
      await archive.close()`,
    files: { '/archive.tgz': serveArchive },
  })
  expect(found).toEqual({ read: [40_000, 1] })
})

test('windows are inflated by the browser, exactly', async () => {
  const plain = lines.subarray(0, 50_000)
  const packed = deflateRawSync(plain)
  const flushed = zlibCodec.deflateRaw(plain, 6, 'flush')
  const bomb = deflateRawSync(Buffer.alloc(64 << 20))
  const files = { packed, flushed, bomb }
  const found = await openPage({
    imports:
      "import { tryInflateNatively } from '/dist/gzip/native-inflate.js'\nimport { codec } from '/dist/gzip/pako-codec.js'\nimport { NativeInflater } from '/dist/gzip/native-inflater.js'",
    script: `
      const load = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer())
      const [packed, flushed, bomb] = await Promise.all(['/packed', '/flushed', '/bomb'].map(load))
      const maxBytes = 50_000
      const inflate = async (bytes, facts) => (await tryInflateNatively(codec, bytes, { maxBytes, isFinal: true, ...facts }))?.length ?? 'left'
      found.final = await inflate(packed)
      found.flushed = await inflate(flushed, { isFinal: false })
      found.open = await inflate(flushed)
      found.closed = await inflate(packed, { isFinal: false })
      found.followed = await inflate(new Uint8Array([...packed, 0]))
      found.more = await inflate(packed, { maxBytes: 49_999 })
      found.bomb = await inflate(bomb)
      found.cuts = new Set()
      for (let length = 0; length < packed.length; length += 97) found.cuts.add(await inflate(packed.subarray(0, length)))
      found.cuts = [...found.cuts]
      const stream = async (lengthBytes, bytes) => {
        const inflater = new NativeInflater(lengthBytes)
        try {
          let plainBytes = 0
          for (let at = 0; at < bytes.length; at += 5000)
            for (const part of (await inflater.push(bytes.subarray(at, at + 5000))).plain) plainBytes += part.length
          return [plainBytes, await inflater.finish()]
        } catch (error) {
          return error.code
        } finally {
          inflater.close()
        }
      }
      found.stream = await stream(packed.length, packed)
      found.streamAlone = await stream(packed.length, new Uint8Array([...packed, 0]))
      found.streamFollowed = await stream(packed.length + 1, new Uint8Array([...packed, 0]))
      found.streamCut = await stream(packed.length - 1, packed)
      found.wrong = 0
      const right = codec.crc32((await tryInflateNatively(codec, packed, { maxBytes, isFinal: true })))
      for (let bit = 0; bit < packed.length * 8; bit += 401) {
        const flipped = packed.slice()
        flipped[bit >> 3] ^= 1 << (bit & 7)
        const plain = await tryInflateNatively(codec, flipped, { maxBytes, isFinal: true })
        if (plain?.length === maxBytes && codec.crc32(plain) === right) found.wrong += 1
      }`,
    files: Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [
        `/${name}`,
        (_: IncomingMessage, response: ServerResponse) => void response.end(bytes),
      ]),
    ),
  })
  expect(found).toEqual({
    final: 50_000,
    flushed: 50_000,
    open: 'left',
    closed: 'left',
    followed: 'left',
    more: 'left',
    bomb: 'left',
    cuts: ['left'],
    stream: [50_000, true],
    streamAlone: [50_000, true],
    streamFollowed: 'integrity',
    streamCut: 'integrity',
    wrong: 0,
  })
})
