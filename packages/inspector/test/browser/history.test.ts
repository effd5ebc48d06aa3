/** Steps of the browser's history, and double clicks, on the page. */
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { buildArchive } from '../archives.ts'
import { usePages } from './chromium-page.ts'

const pages = usePages()

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Files' })
const row = (page: Page, name: string): Locator =>
  grid(page)
    .getByRole('row')
    .filter({ has: page.locator(`.name:text-is("${name}")`) })
const node = (page: Page, name: string): Locator => page.getByRole('treeitem', { name, exact: true })
const panel = (page: Page): Locator => page.locator('isptar-entry-panel')

async function openTree(): Promise<Page> {
  const directories = ['real', 'real/book', 'real/book/one', 'real/doc']
  const page = await pages.openArchive(
    'site.tgz',
    await buildArchive([
      ...directories.map((path) => ({ path, type: 'directory' as const })),
      { path: 'real/book/one/page' },
      { path: 'real/doc/a.txt' },
      { path: 'real/doc/b.txt' },
      { path: 'top.txt' },
      { path: 'way', type: 'symlink', linkTarget: 'real/doc/a.txt' },
    ]),
  )
  await row(page, 'real').waitFor()
  return page
}

/** Waits until address, list and panel all show this. */
async function expectShown(page: Page, hash: string): Promise<void> {
  const shown = (): Promise<string> =>
    page.evaluate(() => {
      const { folder, current } = Reflect.get(document.querySelector('isptar-inspector') ?? {}, 'session').state
      return `${location.hash || '#/'} ${current ? `#/${current.path}` : folder === '' ? '#/' : `#/${folder}/`}`
    })
  await expect.poll(shown).toBe(`${hash} ${hash}`)
  await expect.poll(() => panel(page).count()).toBe(hash.endsWith('/') ? 0 : 1)
}

/** Goes back step by step, and sees what is shown at each. */
async function expectBack(page: Page, ...hashes: readonly string[]): Promise<void> {
  for (const hash of hashes) {
    await page.evaluate(() => history.back())
    await expectShown(page, hash)
  }
}

/** Clicks beside the name. */
const BESIDE = { position: { x: 400, y: 10 } }

test('a step back leads from an entry to its folder, whose row was clicked twice', async () => {
  const page = await openTree()
  const first = await page.evaluate(() => history.length)
  await row(page, 'real').dblclick(BESIDE)
  await expectShown(page, '#/real/')
  await row(page, 'doc').dblclick(BESIDE)
  await expectShown(page, '#/real/doc/')
  await row(page, 'a.txt').click()
  await expectShown(page, '#/real/doc/a.txt')
  await row(page, 'b.txt').click()
  await expectShown(page, '#/real/doc/b.txt')
  // The first step is the page itself.
  expect(await page.evaluate(() => history.length)).toBe(first + 3)
  await expectBack(page, '#/real/doc/', '#/real/', '#/')
  await page.goForward()
  await expectShown(page, '#/real/')
})

test('steps of tree and list are folders', async () => {
  const page = await openTree()
  await node(page, 'real').click()
  await expectShown(page, '#/real/')
  await row(page, 'doc').dblclick(BESIDE)
  await expectShown(page, '#/real/doc/')
  await expectBack(page, '#/real/', '#/')
})

test('by keyboard: Enter goes in, Escape leaves an entry by no step of its own', async () => {
  const page = await openTree()
  await grid(page).locator('[data-index="0"]').focus()
  await page.keyboard.press('Enter')
  await expectShown(page, '#/real/')
  await row(page, 'doc').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expectShown(page, '#/real/doc/')
  await row(page, 'a.txt').waitFor()
  await page.keyboard.press('Enter')
  await expectShown(page, '#/real/doc/a.txt')
  await panel(page).getByRole('button', { name: 'Close details' }).focus()
  await page.keyboard.press('Escape')
  await expectShown(page, '#/real/doc/')
  await page.goForward()
  await expectShown(page, '#/real/doc/a.txt')
  await page.goBack()
  await expectShown(page, '#/real/doc/')
  await expectBack(page, '#/real/', '#/')
})

test('a folder that is looked at is a step, also anew; a link leads over the folder of its target', async () => {
  const page = await openTree()
  await row(page, 'real').click(BESIDE)
  await expectShown(page, '#/real')
  await page.reload()
  await expectShown(page, '#/real')
  await expectBack(page, '#/')
  await row(page, 'way').click()
  await expectShown(page, '#/way')
  await panel(page).getByRole('button', { name: 'real/doc/a.txt' }).click()
  await expectShown(page, '#/real/doc/a.txt')
  await expectBack(page, '#/real/doc/', '#/way', '#/')
})

test('a step back from what was found leads to the search', async () => {
  const page = await openTree()
  const field = page.getByRole('searchbox')
  await field.fill('*.txt')
  await row(page, 'b.txt').click()
  await expectShown(page, '#/real/doc/b.txt')
  await page.goBack()
  await expectShown(page, '#/')
  expect(await field.inputValue()).toBe('*.txt')
  await row(page, 'b.txt').waitFor()
})

test('the second click of two does nothing to what has come under the pointer meanwhile', async () => {
  const page = await openTree()
  const button = row(page, 'real').getByRole('button')
  const box = await button.boundingBox()
  const [x, y] = [(box?.x ?? 0) + 5, (box?.y ?? 0) + 10]
  await page.mouse.click(x, y)
  await row(page, 'book').waitFor()
  await page.mouse.down({ clickCount: 2 })
  await page.mouse.up({ clickCount: 2 })
  // Clicks are done when the page answers.
  await expectShown(page, '#/real/')
  await page.mouse.click(x, y)
  await expectShown(page, '#/real/book/')
  // At once, too.
  await row(page, 'one').getByRole('button').dblclick()
  await row(page, 'page').waitFor()
  await expectShown(page, '#/real/book/one/')
})

test('an address of what is not there shows the nearest folder, and says so', async () => {
  const page = await openTree()
  const alert = page.getByRole('alert').filter({ hasText: 'There is no' })
  for (const [hash, nearest] of [
    ['#/real/nosuchfile', '#/real/'],
    ['#/real/doc/a.txt/b/', '#/real/doc/'],
    ['#/nowhere/at/all', '#/'],
  ] as const) {
    await page.evaluate((given) => void (location.hash = given), hash)
    await alert.filter({ hasText: hash.slice(2).replace(/\/$/, '') }).waitFor()
    await expectShown(page, nearest)
  }
  await row(page, 'real').getByRole('button').click()
  await alert.waitFor({ state: 'detached' })
  const direct = await pages.open(
    `?archive=${encodeURIComponent(pages.serve('b.tgz', await buildArchive([{ path: 'd/a' }])))}#/d/b`,
  )
  await direct.getByRole('alert').filter({ hasText: 'There is no d/b in this archive' }).waitFor()
  await expectShown(direct, '#/d/')
})
