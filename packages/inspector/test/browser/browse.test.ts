/** Folders, searches and selections on the page, by mouse and by keyboard. */
import type { Locator, Page } from 'playwright-core'
import { createArchive, MemorySource, MemoryTarget, openArchive } from 'isptar'
import { describe, expect, test } from 'vitest'
import { craftIndexed } from '../../../isptar/test/read/craft-archive.ts'
import { HOSTILE_NAMES, hostileSite, SAMPLE_TIME, siteArchive } from '../archives.ts'
import { printable } from '../../src/text/printable.ts'
import { usePages } from './chromium-page.ts'

const pages = usePages()

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Files' })
const tree = (page: Page): Locator => page.getByRole('tree', { name: 'Folders' })
const node = (page: Page, name: string): Locator => tree(page).getByRole('treeitem', { name, exact: true })
/** The row with a cell of exactly this name. */
const row = (page: Page, name: string): Locator =>
  grid(page)
    .getByRole('row')
    .filter({ has: page.locator(`.name:text-is(${JSON.stringify(name)})`) })
const summary = (page: Page): Locator => page.locator('isptar-list-bar .summary')

/** Names of the rows, from top to bottom. */
const names = (page: Page): Promise<readonly string[]> =>
  grid(page)
    .locator('[data-index]')
    .evaluateAll((rows) =>
      rows
        .toSorted((a, b) => Number(a.getAttribute('data-index')) - Number(b.getAttribute('data-index')))
        .map((one) => one.querySelector('.name')?.textContent ?? ''),
    )

const focusedName = (page: Page): Promise<string> =>
  grid(page).evaluate((one) => {
    const root = one.getRootNode()
    const focused = root instanceof ShadowRoot ? root.activeElement : null
    return focused?.querySelector('.name')?.textContent ?? ''
  })

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

/** Waits until the row with this name has the focus. */
async function expectFocus(page: Page, name: string): Promise<void> {
  await expect.poll(() => focusedName(page)).toBe(name)
}

async function openSite(options = {}): Promise<Page> {
  const page = await pages.openArchive('site.tgz', await siteArchive(), options)
  await row(page, 'site').waitFor()
  return page
}

async function inSite(options = {}): Promise<Page> {
  const page = await openSite(options)
  await row(page, 'site').getByRole('button').click()
  await row(page, 'docs').waitFor()
  return page
}

const SITE = ['docs', 'etc', 'img', 'backup.tar.gz', 'empty', 'index.html', 'latest', 'noise.bin', 'null', 'welcome']

describe('by mouse', () => {
  test('a name opens a folder, crumbs and tree lead back', async () => {
    const page = await inSite()
    expect(await names(page)).toEqual(SITE)
    expect(await summary(page).textContent()).toBe('10 entries')
    await row(page, 'etc').dblclick({ position: { x: 400, y: 10 } })
    await row(page, 'motd').waitFor()
    expect(await node(page, 'etc').getAttribute('aria-selected')).toBe('true')
    await page.getByRole('navigation', { name: 'Folder' }).getByRole('button', { name: 'site' }).click()
    await row(page, 'docs').waitFor()
    await node(page, 'img').click()
    await row(page, 'dot.png').waitFor()
    await page.getByRole('button', { name: 'Top of the archive' }).click()
    await row(page, 'site').waitFor()
    expect(await names(page)).toEqual(['site'])
  })

  test('a click looks at an entry, and the row shows it', async () => {
    const page = await inSite()
    await row(page, 'noise.bin').click()
    await page.locator('isptar-entry-panel').waitFor()
    expect(await row(page, 'noise.bin').getAttribute('aria-current')).toBe('true')
    await row(page, 'empty').click()
    expect(await row(page, 'noise.bin').getAttribute('aria-current')).toBeNull()
    expect(await row(page, 'empty').getAttribute('aria-current')).toBe('true')
    await expectFocus(page, 'empty')
  })

  test('headers sort, both ways', async () => {
    const page = await inSite()
    const header = (name: string): Locator => grid(page).getByRole('columnheader', { name })
    await header('Size').getByRole('button').click()
    await expect
      .poll(() => names(page))
      .toEqual([
        ...['docs', 'etc', 'img', 'noise.bin', 'backup.tar.gz', 'index.html', 'empty'],
        ...['latest', 'null', 'welcome'],
      ])
    expect(await header('Size').getAttribute('aria-sort')).toBe('descending')
    await header('Size').getByRole('button').click()
    await expect.poll(async () => (await names(page))[3]).toBe('empty')
    await header('Name').getByRole('button').click()
    await expect.poll(() => names(page)).toEqual(SITE)
    await header('Name').getByRole('button').click()
    await expect.poll(async () => (await names(page)).slice(0, 4)).toEqual(['img', 'etc', 'docs', 'welcome'])
    await header('Packed').getByRole('button').click()
    await expect.poll(async () => (await names(page))[3]).toBe('noise.bin')
    await header('Modified').getByRole('button').click()
    await expect.poll(() => header('Modified').getAttribute('aria-sort')).toBe('descending')
  })

  test('boxes, Ctrl and Shift select', async () => {
    const page = await inSite()
    await page.getByRole('checkbox', { name: 'Select empty' }).click()
    await row(page, 'null').click({ modifiers: ['Control'] })
    await expect.poll(() => summary(page).textContent()).toBe('10 entries · 2 selected')
    await row(page, 'latest').click({ modifiers: ['Shift'] })
    await expect.poll(() => summary(page).textContent()).toBe('10 entries · 4 selected')
    expect(await row(page, 'noise.bin').getAttribute('aria-selected')).toBe('true')
    expect(await row(page, 'index.html').getAttribute('aria-selected')).toBe('false')
    const all = page.getByRole('checkbox', { name: 'Select all' })
    const isPartly = (): Promise<boolean> => all.evaluate((box: HTMLInputElement) => box.indeterminate)
    expect(await isPartly()).toBe(true)
    await all.click()
    await expect.poll(isPartly).toBe(false)
    await expect.poll(() => summary(page).textContent()).toBe('10 entries · 10 selected')
    // What lies in a selected folder is selected with it.
    await row(page, 'etc').getByRole('button').click()
    await row(page, 'motd').waitFor()
    expect(await page.getByRole('checkbox', { name: 'Select motd' }).isDisabled()).toBe(true)
    expect(await row(page, 'motd').getAttribute('aria-selected')).toBe('true')
  })
})

describe('by keyboard', () => {
  test('arrows, Enter and Backspace go through folders; the focus is where one came from', async () => {
    const page = await openSite()
    await grid(page).locator('[data-index="0"]').focus()
    await press(page, 'Enter')
    await expectFocus(page, 'docs')
    await press(page, 'ArrowDown', 'ArrowDown', 'ArrowRight')
    await expectFocus(page, 'dot.png')
    await press(page, 'Backspace')
    await expectFocus(page, 'img')
    await press(page, 'End')
    await expectFocus(page, 'welcome')
    await press(page, 'PageUp')
    await expectFocus(page, 'docs')
    await press(page, 'n')
    await expectFocus(page, 'noise.bin')
    await press(page, 'n')
    await expectFocus(page, 'null')
    await press(page, 'Enter')
    expect(await row(page, 'null').getAttribute('aria-current')).toBe('true')
    await press(page, 'Home', 'ArrowLeft')
    await expectFocus(page, 'site')
  })

  test('Space, Shift, Ctrl+A and Escape select', async () => {
    const page = await inSite()
    await expectFocus(page, 'docs')
    await press(page, 'Space', 'ArrowDown', 'ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown')
    await expect.poll(() => summary(page).textContent()).toBe('10 entries · 4 selected')
    await press(page, 'Shift+ArrowUp')
    await expect.poll(() => summary(page).textContent()).toBe('10 entries · 3 selected')
    await press(page, 'Control+a')
    await expect.poll(() => summary(page).textContent()).toBe('10 entries · 10 selected')
    await press(page, 'Escape')
    await expect.poll(() => summary(page).textContent()).toBe('10 entries')
    expect(await grid(page).locator('[aria-selected="true"]').count()).toBe(0)
  })

  test('/ searches below the folder, by word and by glob; Escape ends it', async () => {
    const page = await inSite()
    await expectFocus(page, 'docs')
    await press(page, '/')
    await page.keyboard.type('TXT')
    await expect.poll(() => names(page)).toEqual(['guide.txt', 'latin1.txt'])
    expect(await summary(page).textContent()).toBe('2 entries found')
    expect(await row(page, 'guide.txt').textContent()).toContain('in docs')
    const field = page.getByRole('searchbox', { name: 'Search in this folder' })
    await field.fill('*/*.{png,json}')
    await expect.poll(() => names(page)).toEqual(['config.json', 'dot.png'])
    await press(page, 'ArrowDown')
    await expectFocus(page, 'config.json')
    await press(page, '/')
    await page.keyboard.type('nothing like it')
    await page.getByText('Nothing was found in this folder.').waitFor()
    await press(page, 'Escape')
    await expect.poll(() => names(page)).toEqual(SITE)
    expect(await field.inputValue()).toBe('')
    await expectFocus(page, 'docs')
  })

  test('the tree opens and shuts', async () => {
    const page = await openSite()
    await node(page, 'Top of the archive').focus()
    await press(page, 'ArrowDown', 'ArrowRight')
    await node(page, 'etc').waitFor()
    expect(await node(page, 'site').getAttribute('aria-expanded')).toBe('true')
    await press(page, 'ArrowRight', 'e', 'Enter')
    await row(page, 'motd').waitFor()
    expect(await node(page, 'etc').getAttribute('aria-selected')).toBe('true')
    await press(page, 'ArrowRight')
    // There are no folders in it.
    await expect.poll(() => node(page, 'etc').getAttribute('aria-expanded')).toBeNull()
    await press(page, 'ArrowLeft', 'ArrowLeft')
    await expect.poll(() => node(page, 'etc').count()).toBe(0)
    expect(await node(page, 'site').getAttribute('aria-expanded')).toBe('false')
  })
})

test('a row that is selected stays in sight when the bar for it appears', async () => {
  const page = await inSite({ viewport: { width: 640, height: 500 } })
  await row(page, 'docs').focus()
  await press(page, 'End')
  await expectFocus(page, 'welcome')
  await press(page, ' ')
  await page.getByRole('button', { name: 'Save as .tar.gz' }).waitFor()
  const bottom = (locator: Locator): Promise<number> =>
    locator.evaluate((element) => element.getBoundingClientRect().bottom)
  const end = await bottom(page.locator('isptar-file-list'))
  await expect.poll(() => bottom(row(page, 'welcome'))).toBeLessThanOrEqual(end)
})

test('of a long way the end is named, and the rest is one step', async () => {
  const page = await pages.openArchive('deep.tgz', await filesOf(['a/b/c/d/e/f/g']))
  await row(page, 'a').waitFor()
  await page.evaluate("document.querySelector('isptar-inspector').show('a/b/c/d/e/f')")
  await row(page, 'g').waitFor()
  const crumbs = page.getByRole('navigation', { name: 'Folder' }).getByRole('button')
  expect(await crumbs.allInnerTexts()).toEqual(['', '…', 'd', 'e', 'f'])
  await crumbs.nth(1).click()
  await row(page, 'd').waitFor()
  expect(await crumbs.allInnerTexts()).toEqual(['', 'a', 'b', 'c'])
})

test('a narrow page has the list alone, and folders open at a touch', async () => {
  const page = await openSite({ viewport: { width: 360, height: 640 } })
  expect(await tree(page).count()).toBe(0)
  await row(page, 'site').click({ position: { x: 200, y: 10 } })
  await row(page, 'welcome').click()
  const back = page.getByRole('button', { name: 'Back' })
  await back.waitFor()
  // The list is covered: the focus is in what covers it, and leads out of it.
  await page.locator('isptar-entry-panel h2:focus').waitFor()
  await page.keyboard.press('Escape')
  await expectFocus(page, 'welcome')
  await press(page, 'Enter')
  await back.click()
  await expectFocus(page, 'welcome')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
})

test('names are text, and all of them are there', async () => {
  const page = await pages.openArchive('bad.tgz', hostileSite(), { viewport: { width: 1280, height: 1600 } })
  await row(page, 'twice').first().waitFor()
  const shown = await names(page)
  for (const name of HOSTILE_NAMES.filter((one) => !one.includes('/'))) expect(shown).toContain(printable(name))
  expect(shown.filter((name) => name === 'twice')).toHaveLength(2)
  expect(await row(page, '/etc').textContent()).toContain('unsafe')
  await row(page, '..').getByRole('button').click()
  await row(page, '..').getByRole('button').click()
  await row(page, 'etc').getByRole('button').click()
  await row(page, 'passwd').waitFor()
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
})

test('a listing that is damaged is told, and can be left', async () => {
  const blocks = Array.from({ length: 4 }, (_, block) => [...numbered(`f${block}`, 400)])
  const bytes = (await craftIndexed(blocks)).slice()
  bytes[600] = (bytes[600] ?? 0) ^ 1
  const page = await pages.openArchive('broken.tgz', bytes)
  await page.locator('isptar-file-list').getByRole('alert').waitFor()
  expect(await grid(page).getAttribute('aria-busy')).toBe('false')
  expect(await grid(page).getByRole('gridcell').count()).toBe(0)
})

/** Empty files with these paths, in order. */
async function filesOf(paths: Iterable<string>): Promise<Uint8Array> {
  const target = new MemoryTarget()
  const writer = createArchive(target, { createdAt: SAMPLE_TIME, digest: 'none' })
  for (const path of paths) await writer.add({ path })
  await writer.close()
  return target.bytes()
}

/** An archive of which only the listing matters, with an index: made many times faster. */
function listingOf(paths: Iterable<string>): Promise<Uint8Array> {
  const blocks: string[][] = []
  for (const path of paths) {
    if ((blocks.at(-1)?.length ?? 2000) === 2000) blocks.push([])
    blocks.at(-1)?.push(path)
  }
  return craftIndexed(blocks)
}

function* numbered(prefix: string, count: number): Generator<string> {
  for (let n = 0; n < count; n += 1) yield `${prefix}${String(n).padStart(7, '0')}`
}

/** Of the page itself after a collection; the worker's is not in it. */
async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}

describe('a million entries', () => {
  test('in one folder: the last row is there, one is found, and little is in the page', async () => {
    const page = await pages.openArchive('flat.tgz', await listingOf(numbered('f', 1_000_000)))
    await row(page, 'f0000000').waitFor()
    // Rows are there before all of them are known.
    await row(page, 'f0000003').click()
    await expect.poll(() => summary(page).textContent(), { timeout: 60_000 }).toBe('1,000,000 entries')
    await press(page, 'End')
    await expectFocus(page, 'f0999999')
    expect(await row(page, 'f0999999').isVisible()).toBe(true)
    expect(await row(page, 'f0999999').getAttribute('aria-rowindex')).toBe('1000001')
    await press(page, 'PageUp', 'ArrowUp', 'Home')
    await expectFocus(page, 'f0000000')
    // By the mouse: the scroller to its end, and some steps of the wheel.
    await grid(page)
      .locator('.scroller')
      .evaluate((scroller) => void (scroller.scrollTop = scroller.scrollHeight))
    await row(page, 'f0999999').waitFor()
    await row(page, 'f0999999').hover()
    await page.mouse.wheel(0, -90)
    await expect.poll(() => row(page, 'f0999970').isVisible()).toBe(true)
    expect(await grid(page).locator('[data-index]').count()).toBeLessThan(100)
    await press(page, '/')
    await page.keyboard.type('0765432')
    await expect.poll(() => names(page), { timeout: 30_000 }).toEqual(['f0765432'])
    await page.getByRole('searchbox').fill('f*99[0-4]')
    await expect.poll(() => summary(page).textContent(), { timeout: 30_000 }).toBe('5,000 entries found')
    await press(page, 'Escape')
    await expect.poll(() => summary(page).textContent(), { timeout: 30_000 }).toBe('1,000,000 entries')
    await grid(page).getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
    await row(page, 'f0999999').waitFor()
    expect(await heapBytes(page)).toBeLessThan(64e6)
  }, 180_000)

  test('in a thousand folders of a thousand', async () => {
    function* paths(): Generator<string> {
      for (const folder of numbered('d', 1000)) yield* numbered(`${folder}/f`, 1000)
    }
    const page = await pages.openArchive('deep.tgz', await listingOf(paths()))
    await expect.poll(() => summary(page).textContent(), { timeout: 60_000 }).toBe('1,000 entries')
    await row(page, 'd0000000').waitFor()
    await grid(page).locator('[data-index="0"]').focus()
    await press(page, 'End')
    await expectFocus(page, 'd0000999')
    await press(page, 'Enter')
    await expectFocus(page, 'f0000000')
    expect(await summary(page).textContent()).toBe('1,000 entries')
    await node(page, 'd0000999').waitFor()
    await press(page, 'Backspace')
    await expectFocus(page, 'd0000999')
  }, 180_000)

  test('over HTTP the root costs the tail, the index and one block', async () => {
    function* paths(): Generator<string> {
      yield* numbered('site/f', 1_000_000)
    }
    const bytes = await filesOf(paths())
    const page = await pages.openArchive('site.tgz', bytes)
    await row(page, 'site').waitFor()
    await expect.poll(() => summary(page).textContent()).toBe('1 entry')
    await node(page, 'site').waitFor()
    await using archive = await openArchive(new MemorySource(bytes))
    const [index] = archive.tail.sections.filter(({ name }) => name === 'index')
    const tailBytes = 64 * 1024
    // The tail's end, which has the index here, and a block of the listing, which is some thousand bytes packed.
    expect(bytes.length - (index?.offset ?? 0)).toBeLessThan(tailBytes)
    expect(pages.asked.map((one) => one.bytes)).toEqual([tailBytes, expect.closeTo(4096, -4)])
    expect(pages.asked[1]?.range).toMatch(new RegExp(`^bytes=${archive.tail.listingOffset + 10}-`))
  }, 300_000)
})
