/** The page as it is published: one small file that needs nothing but itself, wherever it lies. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Page, Request } from 'playwright-core'
import { expect, test } from 'vitest'
import { siteArchive } from './archives.ts'
import { PAGE_FILE, usePages } from './browser/chromium-page.ts'

/** Most that may be on its way before the first archive is shown, in bytes. */
const MAX_PACKED_BYTES = 150 * 1024
/** Most that the page may take, which has everything in one file. */
const MAX_PAGE_BYTES = 156 * 1024
const DIST = join(PAGE_FILE, '../..')

const pages = usePages()

const html = existsSync(PAGE_FILE) ? readFileSync(PAGE_FILE, 'utf8') : ''
const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? []
const directives = new Map(
  policy.split('; ').map((line): [string, string[]] => [line.split(' ')[0] ?? '', line.split(' ').slice(1)]),
)

function elementsOf(name: string): string[] {
  return [...html.matchAll(new RegExp(`<${name}[^>]*>([^]*?)</${name}>`, 'g'))].map(([, content = '']) => content)
}

function packedBytes(text: string): number {
  return gzipSync(text, { level: 9 }).length
}

function script(name: string): string {
  return readFileSync(join(DIST, name), 'utf8')
}

test('it is one file of less than 156 KiB packed', () => {
  expect(packedBytes(html)).toBeLessThan(MAX_PAGE_BYTES)
})

test('the component is under 150 KiB packed, without what is loaded when a tab is first shown', () => {
  const [, ...imported] = /^import\{[^}]*\}from"\.\/([\w-]+\.js)"/.exec(script('isptar-inspector.js')) ?? []
  expect(imported).toEqual(['shared.js'])
  const first = packedBytes(script('isptar-inspector.js')) + packedBytes(script('shared.js'))
  expect(first).toBeLessThan(MAX_PACKED_BYTES)
  expect(script('isptar-inspector.js')).toMatch(/import\([`"']\.\/tab-elements\.js[`"']\)/)
})

test('it loads nothing: no other script, style or address', () => {
  expect(elementsOf('script')).toHaveLength(1)
  expect(elementsOf('style')).toHaveLength(1)
  const head = html.slice(0, html.indexOf('<script'))
  expect(head.match(/\b(src|href)="[^"]*"/g)).toEqual(['href="data:,"'])
  const [code = ''] = elementsOf('script')
  expect(code).not.toMatch(/^\s*import\s*["'{*]|[;\n]import\s*["'{*]|\bimport\s*\(|\bimportScripts\s*\(/)
  expect(code).not.toContain('sourceMappingURL')
  const hosts = [...code.matchAll(/(?:https?|wss?):\/\/([\w.-]+)/g)].map(([, host]) => host)
  expect(hosts).toEqual([])
})

test('its policy allows its own script and style, and nothing else that runs', () => {
  const hashOf = (text = ''): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  expect(directives.get('default-src')).toEqual(["'none'"])
  expect(directives.get('script-src')).toEqual([hashOf(elementsOf('script')[0])])
  expect(directives.get('style-src')).toEqual([hashOf(elementsOf('style')[0])])
  expect(directives.get('base-uri')).toEqual(["'none'"])
  expect(directives.get('form-action')).toEqual(["'none'"])
  expect(directives.get('img-src')).toEqual(['blob:', 'data:'])
  expect(directives.get('worker-src')).toEqual(['blob:'])
  expect(policy).not.toMatch(/unsafe|strict-dynamic/)
  // Nothing before it is bound by it.
  expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.search(/<(script|style|link)/))
})

/** Opens an archive of the disk. */
async function chooseArchive(page: Page): Promise<void> {
  const chosen = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose files' }).click()
  const buffer = Buffer.from(await siteArchive())
  await (await chosen).setFiles([{ name: 'site.tgz', mimeType: 'application/gzip', buffer }])
  // Not that of its opening.
  await page.getByRole('heading', { name: 'site.tgz', exact: true }).waitFor()
}

test('in a sub folder it works, without the server, too, and asks for nothing', async () => {
  const page = await pages.open('', { url: `${pages.pageUrl}tools/isptar/page.html` })
  const requests: Request[] = []
  page.on('request', (request) => requests.push(request))
  await page.context().setOffline(true)
  await chooseArchive(page)
  for (const tab of await page.getByRole('tab').all()) await tab.click()
  const outside = requests.map((request) => request.url()).filter((url) => !/^(blob|data):/.test(url))
  expect(outside).toEqual([])
  expect(page.url()).toContain('/tools/isptar/page.html')
})

test('as a file of the disk it opens archives of the disk', async () => {
  const page = await pages.open('', { url: pathToFileURL(PAGE_FILE).href })
  await chooseArchive(page)
  expect(new URL(page.url()).protocol).toBe('file:')
})
