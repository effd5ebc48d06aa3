// Makes the pictures of the README: an archive of this repository's packages, looked into in Chromium. Run it after a build:
// node packages/inspector/demo/screenshots.mjs
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileTarget, packTree } from 'isptar/node'
import { chromium } from 'playwright-core'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const packages = dirname(folder)
const pictures = join(folder, 'docs')
const scratch = mkdtempSync(join(tmpdir(), 'isptar-pictures-'))

const tree = join(scratch, 'isptar')
for (const path of ['cli/src', 'cli/README.md', 'inspector/src', 'isptar/src', 'isptar/README.md', 'isptar/SPEC.md'])
  cpSync(join(packages, path), join(tree, path), { recursive: true, preserveTimestamps: true })
await packTree('isptar', new FileTarget(join(scratch, 'isptar.tgz')), { cwd: scratch })

const archive = readFileSync(join(scratch, 'isptar.tgz'))
const page = readFileSync(join(folder, 'dist/page/index.html'))
const server = createServer((request, response) => {
  if (!request.url.startsWith('/isptar.tgz')) return response.setHeader('content-type', 'text/html').end(page)
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const start = first ? Number(first) : Math.max(archive.length - Number(last), 0)
  const end = first ? Number(last) + 1 : archive.length
  response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${archive.length}`, etag: '"1"' })
  return response.end(archive.subarray(start, end))
})
await new Promise((resolve) => {
  server.listen(0, '127.0.0.1', resolve)
})
const address = `http://127.0.0.1:${server.address().port}/?archive=isptar.tgz`
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--disable-gpu'],
  chromiumSandbox: false,
})

try {
  mkdirSync(pictures, { recursive: true })
  await picture('light', { width: 1280, height: 760 }, '#/isptar/isptar/src/read/archive.ts', (on) =>
    on.getByText('An open archive').first().waitFor(),
  )
  await picture('dark', { width: 1280, height: 760 }, '#/isptar/isptar/src/', async (on) => {
    await on.getByRole('tab', { name: 'Space' }).click()
    await on.getByRole('button', { name: 'Packed', exact: true }).click()
  })
  await picture('narrow', { width: 390, height: 760 }, '#/isptar/isptar/src/', (on) =>
    on.getByRole('row', { name: /index\.ts/ }).waitFor(),
  )
} finally {
  await browser.close()
  server.closeAllConnections()
  server.close()
  rmSync(scratch, { recursive: true })
}

async function picture(name, viewport, place, prepare) {
  const context = await browser.newContext({ viewport, colorScheme: name === 'dark' ? 'dark' : 'light' })
  const on = await context.newPage()
  await on.goto(address + place)
  await on.getByRole('heading', { name: 'isptar.tgz' }).waitFor()
  await prepare(on)
  await on.waitForLoadState('networkidle')
  await on.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' })
  await context.close()
}
