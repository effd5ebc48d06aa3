/** `<isptar-inspector>` on pages of others, as its README promises. */
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { buildArchive, differential, siteArchive, slicedArchive } from '../archives.ts'
import { usePages } from './chromium-page.ts'

const pages = usePages()
const DIST = join(import.meta.dirname, '../../dist')
const SCRIPTS = ['isptar-inspector.js', 'shared.js', 'tab-elements.js']
const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** Serves a page beside the component; gives its address. */
function host(html: string): string {
  const answer = (type: string, content: string | Uint8Array) => (_: unknown, response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': type }).end(content)
  for (const name of SCRIPTS) pages.serve(`host/${name}`, answer('text/javascript', readFileSync(join(DIST, name))))
  return pages.serve('host/index.html', answer('text/html', html))
}

function page(body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>host</title>${head}
    <style>isptar-inspector { height: 400px }</style></head><body>${body}
    <script type="module" src="isptar-inspector.js"></script></body></html>`
}

const LISTEN = `window.told = []
for (const name of ['isptar-open', 'isptar-close', 'isptar-error', 'isptar-navigate'])
  addEventListener(name, ({ type, target, detail }) => window.told.push([type, target.id, detail?.name ?? detail?.kind ?? detail?.folder]))`

async function told(on: Page): Promise<unknown[][]> {
  return on.evaluate('window.told')
}

test('the example of the README works', async () => {
  const [, example = ''] = /```html\n([^]*?)```/.exec(README) ?? []
  const { archive, base } = await differential()
  const url = host(example.replace('<head>', '<head><link rel="icon" href="data:,">'))
  pages.serve('host/archives/mon.tgz', archive)
  pages.serve('host/archives/sun.tgz', base)
  const on = await pages.open('', { url })
  await on.getByText('mon.tgz: 17 entries').waitFor()
  const element = on.locator('isptar-inspector')
  expect(await element.evaluate((inspector) => getComputedStyle(inspector).height)).toBe('480px')
  const header = on.locator('isptar-inspector header')
  expect(await header.evaluate((part) => getComputedStyle(part).backgroundColor)).toBe('rgb(243, 236, 250)')
  expect(await on.getByText('is not here').count()).toBe(0)
  pages.serve('host/archives/other.tgz', (_, response) => void response.writeHead(403).end())
  await element.evaluate((inspector) => inspector.setAttribute('src', 'archives/other.tgz'))
  await on.getByRole('status').filter({ hasText: 'The server refuses access' }).waitFor()
  pages.errors.splice(0, pages.errors.length, ...pages.errors.filter((error) => !error.includes('403')))
})

test('every name of the README is there', async () => {
  const on = await pages.open('', { url: host(page('<isptar-inspector></isptar-inspector>')) })
  const names = [...README.matchAll(/^\| `(\w+)(\(.*\))?` \|/gm)].map(([, name]) => name ?? '')
  expect(names).toContain('selectedPaths')
  await on.waitForFunction("customElements.get('isptar-inspector') !== undefined")
  const missing = await on.evaluate((list) => {
    const inspector = document.querySelector('isptar-inspector')
    return list.filter((name) => inspector === null || !(name in inspector))
  }, names)
  expect(missing).toEqual([])
  const tokens = [...README.matchAll(/`(--isptar-[\w-]+)`/g)].map(([, name]) => name ?? '')
  const unset = await on.evaluate((list) => {
    const inspector = document.querySelector('isptar-inspector')
    return inspector && list.filter((name) => getComputedStyle(inspector).getPropertyValue(name) === '')
  }, tokens)
  expect(unset).toEqual([])
})

test('opens files, blobs, addresses and slices by its method, and tells of it by events', async () => {
  const on = await pages.open('', { url: host(page('<isptar-inspector id="a"></isptar-inspector>')), before: LISTEN })
  pages.serve('host/site.tgz', await siteArchive())
  for (const { name, bytes } of await slicedArchive('sliced.tgz')) pages.serve(`host/${name}`, bytes)
  const script = `(async () => {
    const inspector = document.querySelector('isptar-inspector')
    const bytes = await (await fetch('site.tgz')).blob()
    const slices = [3, 1, 2].map(async (n) => new File([await (await fetch('sliced.tgz.part' + n)).blob()], 'sliced.tgz.part' + n))
    const names = []
    for (const place of [bytes, new File([bytes], 'named.tgz'), 'site.tgz', new URL('site.tgz', location), await Promise.all(slices)])
      names.push((await inspector.open(place)).name)
    await inspector.show('site/etc/motd')
    names.push(inspector.folder, inspector.tab, inspector.archive.name, inspector.selectedPaths.length)
    inspector.tab = 'bytes'
    await inspector.close()
    names.push(inspector.archive, await inspector.open('ftp://x/y').catch((error) => error.trouble.kind))
    names.push(await inspector.open([new File([], 'a'), new File([], 'b')]).catch((error) => error.name + ' ' + error.trouble.kind))
    return names
  })()`
  expect(await on.evaluate(script)).toEqual([
    ...['archive', 'named.tgz', 'site.tgz', 'site.tgz', 'sliced.tgz'],
    ...['site/etc', 'files', 'sliced.tgz', 0],
    ...[undefined, 'choice', 'TroubleError choice'],
  ])
  const events = await told(on)
  expect(events.filter(([type]) => type === 'isptar-open').map(([, id, name]) => [id, name])).toEqual(
    ['archive', 'named.tgz', 'site.tgz', 'site.tgz', 'sliced.tgz'].map((name) => ['a', name]),
  )
  expect(events.filter(([type]) => type === 'isptar-navigate')[0]).toEqual(['isptar-navigate', 'a', 'site/etc'])
  expect(events.at(-1)).toEqual(['isptar-error', 'a', 'choice'])
  expect(await on.evaluate(() => localStorage.length)).toBe(0)
})

test('several on one page have nothing in common', async () => {
  const body = ['one', 'two'].map(
    (id) => `<isptar-inspector id="${id}" src="${id}.tgz" tab="check"></isptar-inspector>`,
  )
  pages.serve('host/one.tgz', await siteArchive())
  pages.serve('host/two.tgz', await buildArchive([{ path: 'a' }]))
  const on = await pages.open('', { url: host(page(body.join(''))), before: LISTEN })
  await on.locator('#one').getByRole('heading', { name: 'one.tgz', exact: true }).waitFor()
  await on.locator('#two').getByRole('heading', { name: 'two.tgz', exact: true }).waitFor()
  await on.locator('#one').getByRole('tab', { name: 'Bytes' }).click()
  expect(await on.locator('#one').getByRole('tab', { selected: true }).textContent()).toContain('Bytes')
  expect(await on.locator('#two').getByRole('tab', { selected: true }).textContent()).toContain('Check')
  await expect.poll(() => on.workers().length).toBe(2)
})

test('its worker ends with it, and begins again when it is back; moving it changes nothing', async () => {
  pages.serve('host/site.tgz', await siteArchive())
  const body = '<isptar-inspector src="site.tgz"></isptar-inspector><div></div>'
  const on = await pages.open('', { url: host(page(body)), before: LISTEN })
  await on.getByRole('heading', { name: 'site.tgz', exact: true }).waitFor()
  await on.evaluate("document.querySelector('isptar-inspector').show('site/etc')")
  await on.evaluate("document.querySelector('div').append(document.querySelector('isptar-inspector'))")
  expect(await on.evaluate("document.querySelector('isptar-inspector').folder")).toBe('site/etc')
  expect(pages.asked).toHaveLength(1)
  await on.evaluate("(window.kept = document.querySelector('isptar-inspector')).remove()")
  await expect.poll(() => on.workers().length).toBe(0)
  await on.evaluate('void document.body.append(window.kept)')
  await on.getByRole('heading', { name: 'site.tgz', exact: true }).waitFor()
  await expect.poll(() => on.workers().length).toBe(1)
  await on.evaluate("window.kept.removeAttribute('src')")
  await on.getByRole('heading', { name: 'Look into an archive' }).waitFor()
})

test('a page whose policy allows no worker is told so', async () => {
  pages.serve('host/site.tgz', await siteArchive())
  const policy = `<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">`
  const url = host(page('<isptar-inspector id="a" src="site.tgz"></isptar-inspector>', policy))
  const on = await pages.open('', { url, before: LISTEN })
  await on.getByRole('alert').filter({ hasText: 'worker-src blob:' }).waitFor()
  expect(await told(on)).toEqual([['isptar-error', 'a', 'worker']])
  const others = pages.errors.filter((error) => !/worker/i.test(error))
  pages.errors.splice(0, pages.errors.length, ...others)
})

test('what the other tabs need is loaded when one of them is shown, and trouble said where it is not there', async () => {
  const loaded: string[] = []
  const url = host(page('<isptar-inspector src="site.tgz"></isptar-inspector>'))
  pages.serve('host/site.tgz', await siteArchive())
  const on = await pages.open('', { url })
  on.on('request', (request) => loaded.push(new URL(request.url()).pathname))
  await on.getByRole('row', { name: /site/ }).waitFor()
  await on.getByRole('tab', { name: 'Space' }).click()
  await on.getByRole('button', { name: 'Packed' }).waitFor()
  expect(loaded.filter((path) => path.endsWith('.js'))).toEqual(['/host/tab-elements.js'])

  pages.serve('host/tab-elements.js', (_, response) => void response.writeHead(404).end())
  const other = await pages.open('', { url })
  await other.getByRole('row', { name: /site/ }).waitFor()
  await other.getByRole('tab', { name: 'Check' }).click()
  await other.getByText('A part of the inspector could not be loaded').waitFor()
  pages.errors.splice(0, pages.errors.length, ...pages.errors.filter((error) => !error.includes('404')))
})
