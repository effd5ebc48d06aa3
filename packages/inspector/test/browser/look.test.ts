/** Looking at one entry: what is said of it, and its data, by mouse and keyboard. */
import { MemorySource, normalizeEntryPath, openArchive } from 'isptar'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { PREVIEW_BYTES } from '../../src/contract/entry-calls.ts'
import type { EntryKey } from '../../src/session/session-state.ts'
import {
  buildArchive,
  differential,
  fixture,
  HACK,
  hostileArchive,
  hostileSite,
  siteArchive,
  siteTree,
} from '../archives.ts'
import { VERSION_2 } from '../../../isptar/test/hostile-archive.ts'
import { type OpenPageOptions, usePages } from './chromium-page.ts'

const pages = usePages()

/** Opens the page at an entry of an archive. */
async function lookAt(bytes: Uint8Array, path: string, options: OpenPageOptions = {}): Promise<Page> {
  const address = encodeURIComponent(pages.serve('site.tgz', bytes))
  const page = await pages.open(`?archive=${address}#/${path.split('/').map(encodeURIComponent).join('/')}`, options)
  await page.getByRole('heading', { level: 2, name: path.slice(path.lastIndexOf('/') + 1) }).waitFor()
  return page
}

const panel = (page: Page): Locator => page.locator('isptar-entry-panel')
const facts = (page: Page): Locator => page.locator('isptar-entry-facts')
const contents = (page: Page): Locator => page.getByRole('region', { name: /^Contents of/ })
const showAs = (page: Page): Locator => page.getByRole('combobox', { name: 'Show as' })

/** Looks at an entry as views do. */
async function look(page: Page, keys: readonly EntryKey[]): Promise<void> {
  await page.locator('isptar-inspector').evaluate((element, all: readonly EntryKey[]) => {
    const session: unknown = Reflect.get(element, 'session')
    if (typeof session !== 'object' || session === null) throw new Error('no session')
    const call: unknown = Reflect.get(session, 'look')
    if (typeof call !== 'function') throw new Error('no look')
    for (const key of all) Reflect.apply(call, session, [key])
  }, keys)
}

async function keysOf(bytes: Uint8Array): Promise<EntryKey[]> {
  const keys: EntryKey[] = []
  const archive = await openArchive(new MemorySource(bytes))
  for await (const entry of archive.entries()) keys.push({ path: entry.path, line: entry.place.line })
  return keys
}

test('facts of a file, and its bytes', async () => {
  const page = await lookAt(await siteArchive(), 'site/noise.bin')
  await facts(page).getByText('ann (1000), group staff (100)').waitFor()
  const words = (await facts(page).locator('dl').innerText()).replace(/\s+/g, ' ')
  for (const word of ['Type File', '12,000 bytes', '-rw-r--r-- 0644', 'user.tag 00 ff 0a', 'at byte', '2024-05-06'])
    expect(words).toContain(word)
  expect(words).toMatch(/SHA-256 [0-9a-f]{64}/)
  await contents(page).getByText('00000000').waitFor()
  await page.getByText('All of it, checked').waitFor()
  await contents(page).focus()
  await page.keyboard.press('End')
  await contents(page).getByText('00002ed8').waitFor()
  expect(await contents(page).locator('.row').count()).toBeLessThan(150)
})

test('text, JSON, an image and what seems to be one', async () => {
  const bytes = await siteArchive()
  const keys = await keysOf(bytes)
  const page = await lookAt(bytes, 'site/docs/latin1.txt', { colorScheme: 'dark' })
  const lookTo = (path: string): Promise<void> =>
    look(
      page,
      keys.filter((key) => key.path === path),
    )
  await contents(page).getByText('café crème').first().waitFor()
  await page.getByRole('combobox', { name: 'Encoding' }).selectOption('koi8-r')
  await contents(page).getByText('cafИ').first().waitFor()
  await page.getByRole('checkbox', { name: 'Wrap lines' }).uncheck()
  await lookTo('site/etc/config.json')
  await contents(page).getByText('"ports": [').waitFor()
  await showAs(page).selectOption('Text')
  await contents(page).getByText('"ports":[80,443]').waitFor()
  await lookTo('site/img/dot.png')
  await panel(page).getByRole('img', { name: 'Contents of dot.png' }).waitFor()
  await page.getByText('PNG, 1 × 1 pixels').waitFor()
  await showAs(page).selectOption('Hex')
  await contents(page).getByText('·PNG').waitFor()
  await lookTo('site/img/drawing.svg')
  await contents(page).getByText('<svg xmlns').waitFor()
  expect(await panel(page).locator('img').count()).toBe(0)
  await lookTo('site/empty')
  await page.getByText('The file is empty.').waitFor()
  await lookTo('site/null')
  await facts(page).getByText('major 1, minor 3').waitFor()
})

test('a link leads to its entry, and Escape closes', async () => {
  const page = await lookAt(await siteArchive(), 'site/latest')
  await facts(page).getByRole('button', { name: 'docs/guide.txt' }).press('Enter')
  await page.getByRole('heading', { level: 2, name: 'guide.txt' }).waitFor()
  await contents(page).getByText('Read this first.').first().waitFor()
  await contents(page).press('Escape')
  await panel(page).waitFor({ state: 'detached' })
  expect(new URL(page.url()).hash).toBe('#/site/docs/')
})

test('from the list into the panel and back, by keyboard alone', async () => {
  const page = await lookAt(await siteArchive(), 'site/etc/config.json')
  await contents(page).waitFor()
  await page.getByRole('button', { name: 'Close details' }).press('Enter')
  await panel(page).waitFor({ state: 'detached' })
  // The focus is back on the row of what was looked at.
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await contents(page).getByText('hello').waitFor()
  await showAs(page).focus()
  await page.keyboard.press('h')
  await contents(page).getByText('68 65 6c 6c 6f 0a').waitFor()
  expect(await showAs(page).inputValue()).toBe('hex')
})

test('a nested archive is listed, and opened in place of the one around it', async () => {
  const page = await lookAt(await siteArchive(), 'site/backup.tar.gz')
  await page.getByRole('cell', { name: 'inner/note' }).waitFor()
  await page.getByText('2 entries, format 2').waitFor()
  await page.getByRole('button', { name: 'Open this archive' }).click()
  await page.getByRole('heading', { level: 1, name: 'backup.tar.gz' }).waitFor()
  const row = page.getByRole('row', { name: /inner/ })
  await row.waitFor()
  expect(await row.count()).toBe(1)
})

test('windows of long files say what was read and checked of them', async () => {
  const line = 'The quick brown fox jumps over the lazy dog, and so on.\n'
  const data = line.repeat(Math.ceil((6 * 1024 * 1024) / line.length))
  const page = await lookAt(await buildArchive([{ path: 'long.txt', data }]), 'long.txt')
  await page.getByText(`Bytes 0 to ${PREVIEW_BYTES.toLocaleString('en')}, checked`).waitFor()
  expect(await page.getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Next' }).press('Enter')
  await page.getByText('Bytes 262,144 to 524,288, checked').waitFor()
  // The focus stays where it is.
  await page.keyboard.press('Enter')
  await page.getByText('Bytes 524,288 to 786,432, checked').waitFor()
  await page.getByRole('button', { name: 'Previous' }).click()
  await page.getByText('Bytes 262,144 to 524,288, checked').waitFor()
  await page.getByRole('button', { name: 'Previous' }).click()
  await page.getByText('Bytes 0 to 262,144, checked').waitFor()
})

test('any byte of a long file is a step away', async () => {
  const page = await lookAt(
    await buildArchive([{ path: 'long.bin', data: new Uint8Array(3 * 1024 * 1024) }]),
    'long.bin',
  )
  const field = page.getByRole('textbox', { name: 'At byte' })
  await field.fill('0x120007')
  await field.press('Enter')
  await page.getByText('Bytes 1,179,648 to 1,441,792, checked').waitFor()
  await contents(page).getByText('00120000').waitFor()
  await page.getByRole('button', { name: 'Last' }).press('Enter')
  await page.getByText('Bytes 2,883,584 to 3,145,728, checked').waitFor()
  await page.getByRole('button', { name: 'First' }).click()
  await page.getByText('Bytes 0 to 262,144, checked').waitFor()
  await field.fill('3 MiB')
  await page.getByRole('button', { name: 'Go' }).click()
  expect(await field.evaluate((element: HTMLInputElement) => element.validationMessage)).toContain('from 0 to 3145727')
  await field.fill('1.5 KiB')
  await page.getByRole('button', { name: 'Go' }).click()
  await page.getByText('Bytes 1,536 to 263,680, checked').waitFor()
  await page.getByRole('button', { name: 'Previous' }).click()
  await page.getByText('Bytes 0 to 262,144, checked').waitFor()
})

test('an archive of the original asks for its base once an entry needs it', async () => {
  const bytes = fixture('original/diff/d1.tgz')
  const archive = await openArchive(new MemorySource(bytes))
  let path = ''
  for await (const entry of archive.entries())
    if (entry.type === 'file' && entry.sizeBytes > 0 && entry.location?.depth === 1)
      path = normalizeEntryPath(entry.path)
  const page = await lookAt(bytes, path)
  await page.getByText('Its base is not here').waitFor()
  await panel(page).getByRole('button', { name: 'Add the base…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add the base' })
  const chosen = page.waitForEvent('filechooser')
  await dialog.getByRole('button', { name: 'Choose' }).click()
  const buffer = Buffer.from(fixture('original/diff/full.tgz'))
  await (await chosen).setFiles([{ name: 'full.tgz', mimeType: 'application/gzip', buffer }])
  await contents(page).waitFor()
  await expect.poll(() => page.getByText('Its base is not here').count()).toBe(0)
})

test('of a long file without chunks only the beginning is read, and more is asked for', async () => {
  const noise = Uint8Array.from({ length: 9 * 1024 * 1024 }, (_, i) => Math.imul(i ^ (i >>> 7), 0x9e3779b1) >>> 21)
  const bytes = await buildArchive([{ path: 'long.bin', data: noise }], { seekBytes: 0, level: 0 })
  const page = await lookAt(bytes, 'long.bin')
  await page.getByText('not checked: only the beginning was read').waitFor()
  for (let start = 1; start < 8; start += 1) {
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText(`Bytes ${(start * PREVIEW_BYTES).toLocaleString('en')} to`).waitFor()
  }
  expect(await page.getByRole('button', { name: 'Next' }).innerText()).toBe('Next 256 KiB (reads 2.3 MiB)')
})

test('damaged data and data of a base that is not there are told in the panel', async () => {
  const bytes = await buildArchive([{ path: 'note', data: 'some words, not compressed\n' }], { level: 0 })
  bytes[Buffer.from(bytes).indexOf('some words')] = 0x53
  const damaged = await lookAt(bytes, 'note')
  await panel(damaged).getByRole('alert').waitFor()
  await facts(damaged).getByText('27 bytes').waitFor()
  expect(await panel(damaged).getByRole('alert').innerText()).toMatch(/damaged/i)
  await damaged.getByRole('button', { name: 'Show what can be read all the same' }).press('Enter')
  await contents(damaged).getByText('Some words').waitFor()
  await damaged.getByText('not checked: it is damaged').waitFor()
  const { archive } = await differential()
  const baseless = await lookAt(archive, 'site/docs/guide.txt')
  await panel(baseless).getByRole('alert').waitFor()
  await facts(baseless)
    .getByText(/in base 1/)
    .waitFor()
})

test('of many entries looked at quickly only the last is shown', async () => {
  const bytes = await buildArchive(
    Array.from({ length: 40 }, (_, i) => ({ path: `f${String(i).padStart(2, '0')}`, data: `I am number ${i}.\n` })),
  )
  const page = await lookAt(bytes, 'f00')
  await look(page, await keysOf(bytes))
  await contents(page).getByText('I am number 39.').waitFor()
  expect(await contents(page).count()).toBe(1)
  await page.getByRole('heading', { level: 2, name: 'f39' }).waitFor()
})

test('nothing of a hostile archive runs, or is markup', async () => {
  const bytes = hostileSite()
  const page = await lookAt(bytes, 'active/page.html')
  await contents(page).getByText('<script>').waitFor()
  for (const key of await keysOf(bytes)) {
    await look(page, [key])
    await facts(page).getByText('Type').waitFor()
    // Data, words about it, or trouble: something has come.
    await panel(page)
      .locator('isptar-text-preview pre, isptar-hex-preview .row, isptar-entry-preview > p, [role=alert]')
      .or(panel(page).getByText('Folder'))
      .first()
      .waitFor()
    const active = panel(page).locator(
      'img, a, iframe, object, embed, script, form, link, meta, svg [onload], [onerror], [onload]',
    )
    expect(await active.count()).toBe(0)
  }
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  expect(HACK).toContain('window.hacked')
})

test('what is not to be trusted is said before all else', async () => {
  const entries = [{ path: '../x', data: 'data\n', columns: ['dirty=1'] }]
  const bytes = hostileArchive(entries, [VERSION_2])
  const page = await pages.openArchive('odd.tgz', bytes)
  await page.getByRole('heading', { level: 1, name: 'odd.tgz' }).waitFor()
  await look(page, await keysOf(bytes))
  await facts(page)
    .getByText(/Unsafe path/)
    .waitFor()
  await facts(page)
    .getByText(/It changed while it was packed/)
    .waitFor()
  expect(
    await facts(page)
      .getByText(/Unsafe path/)
      .innerText(),
  ).toContain('would not be extracted')
})

test('long contents take the room that is left: nothing around them scrolls', async () => {
  const page = await lookAt(await siteArchive(), 'site/docs/guide.txt')
  const overflow = (element: Element): number => element.scrollHeight - element.clientHeight
  const box = contents(page)
  await box.waitFor()
  expect(await box.evaluate(overflow)).toBeGreaterThan(0)
  expect(await page.locator('isptar-entry-panel .body').evaluate(overflow)).toBe(0)
})

test('narrow, the panel is as wide as the page', async () => {
  const tree = await siteTree()
  const page = await lookAt(await buildArchive(tree), 'site/noise.bin', { viewport: { width: 340, height: 700 } })
  await contents(page).getByText('00000004').waitFor()
  const widths: unknown = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
  expect(widths).toEqual([340, 340])
})

test('a server that is gone is said in plain words, and asked again', async () => {
  // Digests of so many are not fetched with the end of the archive.
  const files = Array.from({ length: 4000 }, (_, index) => ({ path: `d/f${index}`, data: `data ${index}\n` }))
  const bytes = await buildArchive([{ path: 'd', type: 'directory' }, ...files])
  const page = await pages.openArchive('site.tgz', bytes)
  await page.getByRole('treeitem', { name: 'd', exact: true }).waitFor()
  const show = (path: string): Promise<void> =>
    page.locator('isptar-inspector').evaluate((element, to) => Reflect.get(element, 'show').call(element, to), path)
  await show('d/f100')
  await facts(page).getByText('SHA-256').waitFor()
  await page.getByText('data 100').first().waitFor()
  // Another one, whose digest is elsewhere.
  const again = page.getByRole('button', { name: 'Try again' })
  const alert = page.getByRole('alert').filter({ hasText: 'The connection failed' })
  pages.serve('site.tgz', (_, response) => void response.destroy())
  await show('d/f3999')
  await alert.waitFor()
  expect(await alert.textContent()).not.toContain('127.0.0.1')
  expect(await facts(page).locator('.warning').count()).toBe(0)
  await facts(page).getByText('Mode').waitFor()
  pages.serve('site.tgz', bytes)
  await again.click()
  await facts(page).getByText('SHA-256').waitFor()
  await page.getByText('data 3999').first().waitFor()
  expect(await alert.count()).toBe(0)
  pages.errors.splice(0, pages.errors.length, ...pages.errors.filter((error) => !error.includes('ERR_EMPTY_RESPONSE')))
})
