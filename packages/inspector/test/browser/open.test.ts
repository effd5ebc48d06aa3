/** Opening archives on the page: from files, addresses and the page's server, and what is said when that fails. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { buildArchive, differential, mergedArchive, siteArchive, slicedArchive } from '../archives.ts'
import { PAGE_FILE, usePages } from './chromium-page.ts'

const pages = usePages()

interface NamedBytes {
  readonly name: string
  readonly bytes: Uint8Array
}

async function choose(page: Page, files: readonly NamedBytes[], button = 'Choose files'): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: button }).click()
  const payloads = files.map(({ name, bytes }) => ({ name, mimeType: 'application/gzip', buffer: Buffer.from(bytes) }))
  await (await choosing).setFiles(payloads)
}

async function drop(page: Page, files: readonly NamedBytes[]): Promise<void> {
  const list = files.map(({ name, bytes }) => ({ name, bytes: [...bytes] }))
  const data = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer()
    for (const { name, bytes } of given) transfer.items.add(new File([Uint8Array.from(bytes)], name))
    return transfer
  }, list)
  const inspector = page.locator('isptar-inspector')
  await inspector.dispatchEvent('dragover', { dataTransfer: data })
  await page.getByText('Drop to open').waitFor()
  await inspector.dispatchEvent('drop', { dataTransfer: data })
}

function folder(page: Page): Promise<string> {
  return page.locator('isptar-inspector').evaluate((element) => ('folder' in element ? String(element.folder) : '?'))
}

async function expectOpened(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name, exact: true }).waitFor()
}

async function expectAlert(page: Page, words: string): Promise<void> {
  await page.getByRole('alert').filter({ hasText: words }).waitFor()
}

function withoutCors(bytes: Uint8Array) {
  return (_: IncomingMessage, response: ServerResponse): void => void response.writeHead(200).end(bytes)
}

test('opens the archive of the address and says what was fetched', async () => {
  const page = await pages.openArchive('site.tgz', await siteArchive())
  await expectOpened(page, 'site.tgz')
  expect(await page.title()).toBe('site.tgz')
  expect(await page.locator('[data-meter]').textContent()).toContain('in 1 request')
  expect(pages.asked).toHaveLength(1)
})

test('works as a file of the disk, too', async () => {
  const archive = pages.serve('site.tgz', await siteArchive())
  const page = await pages.open(`?archive=${encodeURIComponent(archive)}`, { url: pathToFileURL(PAGE_FILE).href })
  await expectOpened(page, 'site.tgz')
  expect(new URL(page.url()).protocol).toBe('file:')
})

test('works from a sub folder, and asks for nothing but the archive', async () => {
  const html = readFileSync(PAGE_FILE)
  const url = pages.serve('deep/folder/look.html', (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  })
  pages.serve('deep/archives/site.tgz', await siteArchive())
  const page = await pages.open('', { url: 'about:blank' })
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`${url}?archive=../archives/site.tgz#/site/etc/`)
  await expectOpened(page, 'site.tgz')
  await expect.poll(() => folder(page)).toBe('site/etc')
  const elsewhere = asked.filter((address) => !/^(blob|data):/.test(address) && !address.includes('/deep/'))
  expect(elsewhere).toEqual([])
  // The address that was given says it already.
  expect(page.url()).toBe(`${url}?archive=../archives/site.tgz#/site/etc/`)
})

test('slices are chosen in any order; one that is missing is named', async () => {
  const slices = await slicedArchive('site.tgz')
  const page = await pages.open()
  await choose(
    page,
    [slices[0], slices[2]].filter((slice) => slice !== undefined),
  )
  const alert = page.getByRole('alert').filter({ hasText: 'missing' })
  await alert.waitFor()
  expect(await alert.textContent()).toContain('Slice 2 of 3 is missing')
  expect(await alert.textContent()).toContain('site.tgz.part2')
  await choose(page, slices.toReversed())
  await expectOpened(page, 'site.tgz')
  await page.getByRole('button', { name: 'About this archive' }).click()
  await page.getByRole('listitem').filter({ hasText: 'site.tgz.part2' }).waitFor()
})

test('what is dropped is opened, also in place of what is open', async () => {
  const page = await pages.openArchive('site.tgz', await siteArchive())
  await expectOpened(page, 'site.tgz')
  await drop(page, [{ name: 'other.tgz', bytes: await buildArchive([{ path: 'a' }]) }])
  await expectOpened(page, 'other.tgz')
  // No address leads to a file of this device.
  expect(page.url()).toBe(pages.pageUrl)
  expect(await page.getByText('Drop to open').count()).toBe(0)
  const both = ['a.tgz', 'b.tgz'].map((name) => ({ name, bytes: Uint8Array.of(1) }))
  await drop(page, both)
  await expectAlert(page, 'several archives')
})

test('an address is typed, remembered without what may be secret, and forgotten', async () => {
  const url = pages.serve('site.tgz', await siteArchive())
  const page = await pages.open()
  const field = page.getByRole('textbox', { name: 'address of an archive' })
  await field.fill('ftp://example.org/site.tgz')
  await field.press('Enter')
  await expectAlert(page, 'not an address')
  // A host alone will do.
  await field.fill(`${url.replace('http://', '')}?token=secret`)
  await field.press('Enter')
  await expectOpened(page, 'site.tgz')
  expect(new URL(page.url()).searchParams.get('archive')).toBe(`${url}?token=secret`)
  // The field is gone; the focus is not lost with it.
  expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName)).toBe('H1')
  await page.getByRole('button', { name: 'Open another archive' }).click()
  const recent = page.getByRole('listitem').getByRole('button', { name: 'site.tgz' })
  await recent.waitFor()
  expect(page.url()).toBe(pages.pageUrl)
  expect(await page.evaluate(() => JSON.stringify(Object.entries(localStorage)))).not.toContain('secret')
  await recent.click()
  await expectOpened(page, 'site.tgz')
  expect(new URL(page.url()).searchParams.get('archive')).toBe(url)
  await page.getByRole('button', { name: 'Open another archive' }).click()
  await page.getByRole('button', { name: 'Forget them' }).click()
  await expect.poll(() => recent.count()).toBe(0)
  expect(await page.evaluate(() => localStorage.length)).toBe(0)
})

test('an address that cannot be opened stays in the field, to be put right', async () => {
  const url = pages.serve('site.tgz', await siteArchive())
  const page = await pages.open()
  const field = page.getByRole('textbox', { name: 'address of an archive' })
  await field.fill(`${url}x`)
  await field.press('Enter')
  await expectAlert(page, 'nothing at this address')
  pages.errors.length = 0
  expect(await field.inputValue()).toBe(`${url}x`)
  await field.press('End')
  await field.press('Backspace')
  await field.press('Enter')
  await expectOpened(page, 'site.tgz')
})

test('a server that does not allow the page to read is told from one that does not answer', async () => {
  const url = pages.serve('closed.tgz', withoutCors(await siteArchive()))
  const page = await pages.open(`?archive=${encodeURIComponent(url)}`)
  const alert = page.getByRole('alert')
  await alert.filter({ hasText: 'does not allow this page to read from it' }).waitFor()
  expect(await alert.first().textContent()).toContain('Access-Control-Allow-Origin')
  expect(await alert.first().textContent()).toContain('Access-Control-Expose-Headers: Content-Range, ETag')
  const silent = await pages.open(`?archive=${encodeURIComponent('http://127.0.0.1:9/site.tgz')}`)
  await expectAlert(silent, '127.0.0.1:9 does not answer')
  // The browser tells what was refused, too.
  const others = pages.errors.filter((error) => !/CORS|ERR_(FAILED|UNSAFE_PORT|CONNECTION_REFUSED)/.test(error))
  pages.errors.splice(0, pages.errors.length, ...others)
})

test('an archive of a server that refuses ranges is fetched whole when that is wanted', async () => {
  const bytes = await siteArchive()
  const url = pages.serve('whole.tgz', (_, response) => {
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-length': bytes.length }).end(bytes)
  })
  const page = await pages.open(`?archive=${encodeURIComponent(url)}`)
  await expectAlert(page, 'cannot send a part')
  await page.getByRole('button', { name: 'Fetch all of it' }).click()
  await expectOpened(page, 'whole.tgz')
  const meter = String(await page.locator('[data-meter]').textContent())
  expect(meter).toMatch(/fetched (\S+ KiB) of \1|fetched \S+ KiB in .* \(archive/)
  // What was asked before is not forgotten.
  expect(meter).toMatch(/in [2-9] requests/)
})

test('what is no archive, or not there, is told as that', async () => {
  const page = await pages.open()
  await choose(page, [{ name: 'plain.tar.gz', bytes: Uint8Array.of(0x1f, 0x8b, 8, ...new Uint8Array(60)) }])
  await expectAlert(page, 'an ordinary tar.gz, or cut short')
  await choose(page, [{ name: 'a.zip', bytes: Buffer.from(`PK${'x'.repeat(60)}`) }])
  await expectAlert(page, 'zip file')
  const url = pages.serve('there.tgz', new Uint8Array(0)).replace('there', 'elsewhere')
  const field = page.getByRole('textbox', { name: 'address of an archive' })
  await field.fill(url)
  await field.press('Enter')
  await expectAlert(page, 'nothing at this address')
  await page.getByText('Details').click()
  await page.getByText('does not exist').waitFor()
  pages.serve('elsewhere.tgz', await siteArchive())
  await page.getByRole('button', { name: 'Try again' }).click()
  await expectOpened(page, 'elsewhere.tgz')
  const others = pages.errors.filter((error) => !error.includes('404'))
  pages.errors.splice(0, pages.errors.length, ...others)
})

test('opening is stopped', async () => {
  const url = pages.serve('slow.tgz', () => {})
  const page = await pages.open()
  const field = page.getByRole('textbox', { name: 'address of an archive' })
  await field.fill(url)
  await field.press('Enter')
  await page.getByRole('heading', { name: 'Opening slow.tgz' }).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('heading', { name: 'Look into an archive' }).waitFor()
  expect(await page.getByRole('alert').allTextContents()).toEqual([])
})

test('a base is added; a wrong one is refused and changes nothing', async () => {
  const { archive, base } = await differential()
  const wrong = pages.serve('wrong.tgz', await buildArchive([{ path: 'a' }]))
  const right = pages.serve('sun.tgz', base)
  const page = await pages.openArchive('mon.tgz', archive)
  await expectOpened(page, 'mon.tgz')
  await page.getByText('its base (sun.tgz) is not here').waitFor()
  await page.getByRole('button', { name: 'Add the base…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add the base' })
  const field = dialog.getByRole('textbox', { name: 'address of a base' })
  await field.fill(wrong)
  await field.press('Enter')
  await dialog.getByRole('alert').filter({ hasText: 'This is not the base of the archive' }).waitFor()
  await field.fill(right)
  await field.press('Enter')
  await dialog.waitFor({ state: 'hidden' })
  await expect.poll(() => page.getByText('is not here').count()).toBe(0)
  expect(new URL(page.url()).searchParams.getAll('base')).toEqual([right])
  await page.reload()
  await expectOpened(page, 'mon.tgz')
  expect(await page.getByText('is not here').count()).toBe(0)
  expect(await page.locator('[data-meter]').textContent()).toContain('in 2 requests')
})

test('an archive that was replaced meanwhile is opened anew', async () => {
  const noise = randomBytes(200_000)
  const bytes = await buildArchive([{ path: 'noise', data: noise }])
  let etag = '"1"'
  const page = await pages.openArchive('site.tgz', ({ headers: { range = '' } }, response) => {
    const allow = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'content-range, etag' }
    const [, first = '', last = ''] = /^bytes=(\d*)-(\d+)$/.exec(range) ?? []
    if (range === '') return void response.writeHead(204, { ...allow, 'access-control-allow-headers': 'range' }).end()
    const start = first === '' ? Math.max(bytes.length - Number(last), 0) : Number(first)
    const end = first === '' ? bytes.length : Math.min(Number(last) + 1, bytes.length)
    response.writeHead(206, { ...allow, 'content-range': `bytes ${start}-${end - 1}/${bytes.length}`, etag })
    response.end(bytes.subarray(start, end))
  })
  await expectOpened(page, 'site.tgz')
  etag = '"2"'
  await page.evaluate(
    "document.querySelector('isptar-inspector').session.engine.entry.preview('noise', { line: 0, start: 0, as: 'hex' }, new AbortController().signal).catch(() => {})",
  )
  await expectAlert(page, 'The archive was replaced')
  await page.getByRole('button', { name: 'Open it anew' }).click()
  await expectOpened(page, 'site.tgz')
  expect(await page.getByText('The archive was replaced').count()).toBe(0)
})

test('a part of a merged archive is shown alone', async () => {
  const page = await pages.openArchive('all.tgz', await mergedArchive(['mon', 'tue']))
  await expectOpened(page, 'all.tgz')
  const select = page.getByRole('combobox', { name: 'Part of the archive' })
  await select.selectOption('tue')
  await page.getByRole('button', { name: 'About this archive' }).click()
  await page.getByRole('definition').filter({ hasText: /^tue$/ }).waitFor()
  await page.keyboard.press('Escape')
  await select.selectOption('all 2 parts')
  await expect.poll(() => select.inputValue()).toBe('all 2 parts')
})

test('links lead into folders and to entries, and steps back lead out of them', async () => {
  const url = pages.serve('site.tgz', await siteArchive())
  const search = `?archive=${encodeURIComponent(url)}`
  const page = await pages.open(`${search}#/site/etc/motd`)
  await expect.poll(() => folder(page)).toBe('site/etc')
  expect(new URL(page.url()).hash).toBe('#/site/etc/motd')
  await page.evaluate(() => {
    location.hash = '#/site/docs/'
  })
  await expect.poll(() => folder(page)).toBe('site/docs')
  await page.evaluate("document.querySelector('isptar-inspector').show('site/img')")
  await expect.poll(() => folder(page)).toBe('site/img')
  expect(new URL(page.url()).hash).toBe('#/site/img/')
  await page.goBack()
  await expect.poll(() => folder(page)).toBe('site/docs')
  // A folder, no more an entry in it.
  const panel = page.locator('isptar-entry-panel')
  await page.evaluate("document.querySelector('isptar-inspector').show('site/docs/guide.txt')")
  await panel.waitFor()
  await page.evaluate("document.querySelector('isptar-inspector').show('site/docs')")
  await panel.waitFor({ state: 'detached' })
  await page.evaluate("document.querySelector('isptar-inspector').show('site/img')")
  await expect.poll(() => folder(page)).toBe('site/img')
  await page.goBack()
  await expect.poll(() => folder(page)).toBe('site/docs')
  await page.goForward()
  await expect.poll(() => folder(page)).toBe('site/img')
  await page.reload()
  await expect.poll(() => folder(page)).toBe('site/img')
  // What is not there leads to the nearest folder.
  await page.evaluate(() => {
    location.hash = '#/site/nowhere'
  })
  await expect.poll(() => folder(page)).toBe('site')
})

test('an archive in an archive leads back to where it lies', async () => {
  const page = await pages.openArchive('site.tgz', await siteArchive())
  await expectOpened(page, 'site.tgz')
  const address = page.url()
  const openNested =
    "(({ session }) => session.open({ places: [{ type: 'entry', of: session.state.request, path: 'site/backup.tar.gz' }] }))(document.querySelector('isptar-inspector'))"
  await page.evaluate(openNested)
  await expectOpened(page, 'backup.tar.gz')
  await page.getByRole('button', { name: 'Back to site.tgz' }).click()
  await expectOpened(page, 'site.tgz')
  expect(await folder(page)).toBe('site')
  await page.evaluate(openNested)
  await expectOpened(page, 'backup.tar.gz')
  await page.goBack()
  await expectOpened(page, 'site.tgz')
  expect(page.url().startsWith(address)).toBe(true)
})

test('archives of the page’s server are listed, and the only one is opened', async () => {
  const archives = ['one.tgz', 'two.tgz'].map((name) => ({ name, slices: [name], bases: [], catalogue: null }))
  const serve = (list: unknown): string =>
    pages.serve('t/', (_, response) => {
      const text = JSON.stringify(list).replaceAll('&', '&amp;').replaceAll('"', '&quot;')
      const meta = (content: string): string => `<meta name="isptar-archives" content="${content}" />`
      const html = readFileSync(PAGE_FILE, 'utf8').replace(meta('[]'), () => meta(text))
      response.writeHead(200, { 'content-type': 'text/html' }).end(html)
    })
  pages.serve('t/one.tgz', await siteArchive())
  pages.serve('t/two.tgz', await buildArchive([{ path: 'a' }]))
  const page = await pages.open('', { url: serve(archives) })
  await page.getByRole('listitem').getByRole('button', { name: 'two.tgz' }).click()
  await expectOpened(page, 'two.tgz')
  await page.getByRole('button', { name: 'Open another archive' }).click()
  await page.getByRole('listitem').getByRole('button', { name: 'one.tgz' }).waitFor()
  const single = await pages.open('#/site/etc/', { url: serve(archives.slice(0, 1)) })
  await expectOpened(single, 'one.tgz')
  await expect.poll(() => folder(single)).toBe('site/etc')
})

test('tabs and dialogs work by keyboard', async () => {
  const page = await pages.openArchive('site.tgz', await siteArchive())
  await expectOpened(page, 'site.tgz')
  await page.getByRole('tab', { name: 'Files' }).focus()
  await page.keyboard.press('ArrowRight')
  const selected = page.getByRole('tab', { selected: true })
  expect(await selected.textContent()).toContain('Space')
  await page.getByRole('tabpanel', { name: 'Space' }).waitFor()
  await page.keyboard.press('End')
  expect(await selected.textContent()).toContain('Compare')
  await page.keyboard.press('ArrowRight')
  expect(await selected.textContent()).toContain('Files')
  await page.keyboard.press('Home')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'About this archive' })
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  const focused = page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('aria-label'))
  expect(await focused).toBe('About this archive')
})
