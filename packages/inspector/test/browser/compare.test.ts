/** Comparing with another archive, by mouse and keyboard. */
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import {
  buildArchive,
  differential,
  hostileSite,
  HOSTILE_NAMES,
  manyFiles,
  slicedArchive,
  siteArchive,
} from '../archives.ts'
import { usePages } from './chromium-page.ts'

const pages = usePages()

/** Opens an archive and its comparison. */
async function openCompare(
  archive: Uint8Array,
  name = 'mon.tgz',
  viewport = { width: 1280, height: 800 },
): Promise<Page> {
  const page = await pages.openArchive(name, archive, { viewport })
  await page.getByRole('tab', { name: 'Compare' }).click()
  await page.getByRole('heading', { name: 'Compare with another archive' }).waitFor()
  return page
}

async function choose(
  page: Page,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<void> {
  const chosen = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose files' }).click()
  const input = files.map(({ name, bytes }) => ({ name, mimeType: 'application/gzip', buffer: Buffer.from(bytes) }))
  await (await chosen).setFiles(input)
}

const rowsOf = (page: Page): Locator => page.getByRole('grid', { name: 'Differences' }).getByRole('row')
const status = (page: Page, text: RegExp | string): Locator => page.getByRole('status').filter({ hasText: text })

/** Waits until it is to be seen. */
async function expectSeen(locator: Locator): Promise<void> {
  await locator.waitFor()
  expect(await locator.count()).toBe(1)
}

async function pathsOf(page: Page): Promise<string[]> {
  const cells = rowsOf(page).locator('.path')
  await cells.first().waitFor()
  return cells.allTextContents()
}

test('a differential and its base, chosen from the disk: what was added, removed and changed', async () => {
  const { base, archive, differences } = await differential()
  const page = await openCompare(archive)
  await choose(page, [{ name: 'sun.tgz', bytes: base }])
  await expectSeen(status(page, '4 of 18 paths differ from sun.tgz, the older one, by what is recorded'))
  expect(await pathsOf(page)).toEqual(differences.map((line) => line.replace(/^\w+ /, '')))
  const motd = rowsOf(page).filter({ hasText: 'site/etc/motd' })
  expect(await motd.textContent()).toMatch(/changed.*size 6 B → 14 B.*time 2024-05-06 .* → 2024-05-07/s)
  await page.getByRole('button', { name: '1 removed' }).click()
  await rowsOf(page).filter({ hasText: 'latin1' }).waitFor({ state: 'detached' })
  expect(await pathsOf(page)).toEqual(['site/etc/motd', 'site/index.html', 'site/zebra.txt'])
})

test('the other way round, and again by content', async () => {
  const { base, archive } = await differential()
  const page = await openCompare(base, 'sun.tgz')
  await page.getByRole('radio', { name: 'newer' }).check()
  await page.getByRole('textbox', { name: 'address' }).fill(pages.serve('mon.tgz', archive))
  await page.keyboard.press('Enter')
  await expectSeen(status(page, 'mon.tgz, the newer one'))
  await expectSeen(page.getByRole('button', { name: '1 added' }))
  await page.getByRole('radio', { name: /content/ }).check()
  await page.getByRole('button', { name: 'Compare again' }).click()
  await expectSeen(status(page, 'by content'))
  await expectSeen(page.getByRole('button', { name: '1 added' }))
})

test('by keyboard alone: a row is found and its entry is shown; the result is there on the way back', async () => {
  const { base, archive } = await differential()
  const page = await openCompare(archive)
  await page.getByRole('textbox', { name: 'address' }).focus()
  await page.keyboard.insertText(pages.serve('sun.tgz', base))
  await page.keyboard.press('Enter')
  const grid = page.getByRole('grid', { name: 'Differences' })
  await grid.waitFor()
  await grid.focus()
  // What is removed is not in the open archive: nothing is shown of it.
  await page.keyboard.press('Enter')
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowUp')
  const index = page.getByRole('row', { selected: true })
  expect(await index.textContent()).toContain('site/index.html')
  await page.keyboard.press('Enter')
  await expectSeen(page.getByRole('tab', { name: 'Files', selected: true }))
  await page.getByRole('tab', { name: 'Compare' }).click()
  await expectSeen(status(page, 'differ from sun.tgz'))
  expect((await pathsOf(page)).length).toBe(4)
})

test('on a phone what to compare is folded while there is a result, and the focus stays', async () => {
  const { base, archive } = await differential()
  const page = await openCompare(archive, 'mon.tgz', { width: 360, height: 740 })
  const address = page.getByRole('textbox', { name: 'address' })
  await address.fill(pages.serve('sun.tgz', base))
  await page.keyboard.press('Enter')
  await address.waitFor({ state: 'hidden' })
  // The focus is on what unfolds it.
  await page.keyboard.press('Enter')
  await address.waitFor()
  expect(await pathsOf(page)).toHaveLength(4)
})

test('a click shows the entry in the files', async () => {
  const { base, archive } = await differential()
  const page = await openCompare(archive)
  await choose(page, [{ name: 'sun.tgz', bytes: base }])
  await rowsOf(page).filter({ hasText: 'site/zebra.txt' }).click()
  await expectSeen(page.getByRole('tab', { name: 'Files', selected: true }))
})

test('a base that was given is a click away, and a comparison under way can be stopped', async () => {
  const { base, archive } = await differential()
  const page = await pages.open(
    `?archive=${encodeURIComponent(pages.serve('mon.tgz', archive))}&base=${encodeURIComponent(pages.serve('sun.tgz', base))}`,
  )
  await page.getByRole('tab', { name: 'Compare' }).click()
  await page.getByRole('button', { name: 'Compare with its base sun.tgz' }).click()
  await expectSeen(status(page, '4 of 18 paths differ from sun.tgz'))
  // A server that does not answer.
  const silent = pages.serve('silent.tgz', () => undefined)
  await page.getByRole('textbox', { name: 'address' }).fill(silent)
  await page.keyboard.press('Enter')
  await expectSeen(status(page, 'Opening the other archive'))
  await page.getByRole('button', { name: 'Stop' }).click()
  await expectSeen(page.getByRole('button', { name: 'Compare again' }))
  expect(await page.getByRole('alert').filter({ hasText: /\S/ }).count()).toBe(0)
})

test('an archive is the same as itself, and as its slices, dropped in any order', async () => {
  const page = await openCompare(await siteArchive())
  const slices = await slicedArchive('site.tgz')
  const files = slices.toReversed().map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }))
  const dropped = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer()
    for (const { name, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
      transfer.items.add(new File([bytes], name))
    }
    return transfer
  }, files)
  await page.locator('isptar-compare-view').dispatchEvent('drop', { dataTransfer: dropped })
  await expectSeen(status(page, 'The same as site.tgz'))
  await expectSeen(page.getByText('Nothing differs.'))
})

test('what goes wrong with the other archive is said; the open one stays', async () => {
  const page = await openCompare(await siteArchive())
  await choose(page, [{ name: 'letter.txt', bytes: Buffer.from('Dear reader') }])
  await expectSeen(page.getByRole('alert').filter({ hasText: /\S/ }))
  await page.getByRole('tab', { name: 'Files' }).click()
  await page.getByRole('heading', { name: 'mon.tgz' }).waitFor()
})

test('an address that is none is refused at once', async () => {
  const page = await openCompare(await siteArchive())
  await page.getByRole('textbox', { name: 'address' }).fill('javascript:alert(1)')
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await expectSeen(page.getByRole('alert').filter({ hasText: 'not an address' }))
})

test('the report is saved as text and as JSON lines', async () => {
  const { base, archive } = await differential()
  const page = await openCompare(archive)
  await choose(page, [{ name: 'sun.tgz', bytes: base }])
  const save = async (name: string): Promise<string> => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name }).click()
    return readFile(await (await download).path(), 'utf8')
  }
  const text = (await save('Save as text')).split('\n')
  expect(text[0]).toMatch(/^4 of 18 paths differ/)
  expect(text.slice(1, 5).map((line) => line.split(' (')[0])).toEqual([
    '- site/docs/latin1.txt',
    '~ site/etc/motd',
    '~ site/index.html',
    '+ site/zebra.txt',
  ])
  const rows = (await save('Save as JSON lines'))
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(rows[2]).toMatchObject({ kind: 'changed', path: 'site/index.html', changes: ['mode'] })
})

test('a hundred thousand differences: the last is a key away', async () => {
  const many = await manyFiles(100_000)
  const page = await openCompare(many, 'many.tgz')
  await choose(page, [{ name: 'none.tgz', bytes: await buildArchive([]) }])
  await expectSeen(status(page, '100,000 of 100,000 paths differ'))
  await page.getByRole('grid', { name: 'Differences' }).focus()
  await page.keyboard.press('End')
  const last = rowsOf(page).filter({ hasText: 'd0099/f0999' })
  await last.waitFor()
  expect(await last.getAttribute('aria-rowindex')).toBe('100000')
  await page.keyboard.press('Home')
  await rowsOf(page).filter({ hasText: 'd0000/f0000' }).waitFor()
})

test('names are shown by their codes, never as markup', async () => {
  const page = await openCompare(await buildArchive([]), 'none.tgz')
  await page.getByRole('radio', { name: 'newer' }).check()
  await choose(page, [{ name: '<img src=x onerror=top.hacked=1>.tgz', bytes: hostileSite() }])
  await expectSeen(status(page, 'differ from <img src=x onerror=top.hacked=1>.tgz'))
  expect((await pathsOf(page)).length).toBeGreaterThan(5)
  await page.getByRole('grid', { name: 'Differences' }).focus()
  for (let step = 0; step < HOSTILE_NAMES.length + 20; step += 1) await page.keyboard.press('ArrowDown')
  expect(await page.evaluate('window.hacked')).toBeUndefined()
})

test('where there is little room the form is one line once there is something to show', async () => {
  const { base, archive } = await differential()
  const page = await openCompare(archive, 'mon.tgz', { width: 640, height: 400 })
  await choose(page, [{ name: 'sun.tgz', bytes: base }])
  await page.getByText('Compare with sun.tgz · change').waitFor()
  await rowsOf(page).locator('.path').first().waitFor()
  const box = await rowsOf(page).filter({ hasText: 'site/docs/latin1.txt' }).boundingBox()
  expect((box?.y ?? 400) + (box?.height ?? 0)).toBeLessThanOrEqual(400)
  await page.getByText('Compare with sun.tgz · change').click()
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
})
