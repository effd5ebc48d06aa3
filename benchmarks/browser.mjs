/**
 * Inflating in a real Chromium: pako against `DecompressionStream`, for windows of known length. Prints a line a window
 * size: MB of plaintext a second of each, medians of interleaved runs, on the page's thread and in a worker of its own.
 *
 * Run `npm run build` first, then `node benchmarks/browser.mjs`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const library = join(dirname(fileURLToPath(import.meta.url)), '../packages/isptar')
const script = `
import { deflateRaw, inflateRaw } from './pako.mjs'
import { inflateNatively } from './dist/gzip/native-inflate.js'
const KiB = 1024
const sizes = [4, 16, 32, 64, 128, 256, 1024, 4096, 16384].map((n) => n * KiB)
/** Noise, or words drawn at random, which pack like prose. */
function sample(kind, length) {
  if (kind === 'noise') return Uint8Array.from({ length }, () => Math.random() * 256)
  let state = 1
  const next = (n) => (state = (state * 48271) % 2147483647) % n
  const words = Array.from({ length: 4000 }, () => String.fromCharCode(...Array.from({ length: 2 + next(8) }, () => 97 + next(26))))
  let words_ = ''
  while (words_.length < length) words_ += words[Math.min(next(4000), next(4000))] + ' '
  return new TextEncoder().encode(words_.slice(0, length))
}
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1]
export async function measure() {
  const rows = []
  for (const [kind, size] of ['words', 'noise'].flatMap((kind) => sizes.map((size) => [kind, size]))) {
    const packed = deflateRaw(sample(kind, size), { level: 6 })
    const calls = Math.max(1, Math.round((2048 * KiB) / size))
    const times = { pako: [], native: [] }
    for (let round = 0; round < 12; round += 1)
      for (const [name, list] of Object.entries(times)) {
        const begin = performance.now()
        for (let i = 0; i < calls; i += 1)
          if (name === 'pako') inflateRaw(packed)
          else if ((await inflateNatively(packed, { maxBytes: size, isFinal: true }))?.length !== size) throw new Error('refused')
        if (round > 1) list.push((performance.now() - begin) / calls)
      }
    rows.push({ kind, size, packed: packed.length, pako: median(times.pako), native: median(times.native) })
  }
  return rows
}`
const files = {
  '/': '<!doctype html><script type="module" src="/page.mjs"></script>',
  '/measure.mjs': script,
  '/pako.mjs': readFileSync(join(library, 'node_modules/pako/dist/pako.mjs')),
  '/worker.mjs': "import { measure } from './measure.mjs'\npostMessage(await measure())",
  '/page.mjs': `import { measure } from './measure.mjs'
    const page = await measure()
    const worker = new Worker('/worker.mjs', { type: 'module' })
    worker.onmessage = ({ data }) => fetch('/found', { method: 'POST', body: JSON.stringify({ page, worker: data }) })`,
}

let tell
const found = new Promise((resolve) => {
  tell = resolve
})
const server = createServer((request, response) => {
  if (request.url === '/found') void text(request).then(tell)
  const body = files[request.url] ?? (request.url.startsWith('/dist/') && readFileSync(join(library, request.url)))
  const type = request.url === '/' ? 'text/html' : 'text/javascript'
  response.writeHead(body ? 200 : 404, { 'content-type': type }).end(body || '')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const profile = mkdtempSync(join(tmpdir(), 'isptar-chromium-'))
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`]
const browser = spawn('chromium', [...flags, `http://127.0.0.1:${server.address().port}/`], {
  stdio: 'ignore',
  detached: true,
})
const ended = once(browser, 'exit')
try {
  const early = ended.then(() => Promise.reject(new Error('the browser ended')))
  const rows = JSON.parse(await Promise.race([found, early]))
  for (const [where, list] of Object.entries(rows))
    for (const { kind, size, packed, pako, native } of list) {
      const rate = (ms) => `${(size / 1000 / ms).toFixed(0).padStart(5)} MB/s (${ms.toFixed(3)} ms)`
      console.log(
        `${where.padEnd(6)} ${kind} ${String(size / 1024).padStart(6)} KiB plain, ${(packed / 1024).toFixed(1).padStart(7)} packed: ` +
          `pako ${rate(pako)}, DecompressionStream ${rate(native)}, ratio ${(native / pako).toFixed(2)}`,
      )
    }
} finally {
  process.kill(-browser.pid, 'SIGKILL')
  await ended
  rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  server.closeAllConnections()
  server.close()
}
