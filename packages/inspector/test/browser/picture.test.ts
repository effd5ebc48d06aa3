/** The pictures on the page: the space as a map and a table, the bytes as cells, by mouse and by keyboard. */
import { MemorySource, openArchive } from 'isptar'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { buildArchive, hostileSite, type SampleEntry, siteArchive, slicedArchive } from '../archives.ts'
import { usePages } from './chromium-page.ts'

const pages = usePages()

/** Does not shrink much. */
function noise(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, k) => Math.imul(k ^ (k << 7) ^ seed, 0x9e3779b1) >>> 24)
}

/** `a/large` takes 60 % plain; `b` shrinks to nearly nothing. */
const TREE: readonly SampleEntry[] = [
  { path: 'a', type: 'directory' },
  { path: 'a/deep', type: 'directory' },
  { path: 'a/deep/one', data: noise(60_000, 1) },
  { path: 'a/deep/two', data: noise(40_000, 2) },
  { path: 'a/large', data: noise(500_000, 3) },
  { path: 'b', type: 'directory' },
  { path: 'b/zeros', data: new Uint8Array(300_000) },
  { path: 'c', data: noise(100_000, 4) },
]

async function openTab(page: Page, name: 'Space' | 'Bytes'): Promise<void> {
  await page.getByRole('tab', { name }).click()
}

/** Rows of the table as `name, plain, packed, share`. */
async function tableRows(page: Page): Promise<string[]> {
  const rows = await page
    .getByRole('table', { name: /^What is in/ })
    .locator('tbody tr')
    .all()
  return Promise.all(
    rows.map(async (row) => {
      const cells = await row.locator('th, td').allInnerTexts()
      return cells.map((text) => text.trim().replaceAll(/\s+/g, ' ')).join(', ')
    }),
  )
}

function map(page: Page): Locator {
  return page.getByRole('group', { name: /^Map of/ })
}

test('the space by mouse: sums, folders down and up, plain and packed, and the files', async () => {
  const bytes = await buildArchive(TREE)
  const archive = await openArchive(new MemorySource(bytes))
  const packed = async (path: string): Promise<number> => (await archive.get(path)).packedBytes ?? 0
  const page = await pages.openArchive('tree.tgz', bytes)
  await openTab(page, 'Space')
  await page.getByText('977 KiB in 8 entries').waitFor()
  const kib = (count: number): string => `${(count / 1024).toFixed(count < 100 * 1024 ? 1 : 0)} KiB`
  const packedA = (await packed('a/deep/one')) + (await packed('a/deep/two')) + (await packed('a/large'))
  expect(await tableRows(page)).toEqual([
    `a/, 586 KiB, ${kib(packedA)}, 60 %`,
    `b/, 293 KiB, ${await packed('b/zeros')} B, 30 %`,
    `c, 97.7 KiB, ${kib(await packed('c'))}, 10 %`,
  ])

  await map(page).getByRole('button', { name: 'large 488 KiB, file, 50 %' }).hover()
  await page.getByText(`488 KiB, ${kib(await packed('a/large'))} packed, 50 % of what is shown`).waitFor()
  await page.getByRole('button', { name: 'Packed' }).click()
  await expect.poll(async () => (await tableRows(page)).map((row) => row.split(',')[0])).toEqual(['a/', 'c', 'b/'])

  await page.getByRole('button', { name: 'Plain' }).click()
  await page.getByRole('row', { name: /^a/ }).getByRole('button').click()
  await expect.poll(() => tableRows(page)).toHaveLength(2)
  await map(page)
    .getByRole('button', { name: /^deep\/ / })
    .click({ position: { x: 6, y: 6 } })
  await expect.poll(async () => (await tableRows(page)).map((row) => row.split(',')[0])).toEqual(['one', 'two'])
  await page.getByRole('navigation', { name: 'Folder' }).getByRole('button', { name: 'a', exact: true }).click()
  await expect.poll(async () => (await tableRows(page)).map((row) => row.split(',')[0])).toEqual(['large', 'deep/'])

  await map(page)
    .getByRole('button', { name: /^large/ })
    .click()
  await page.getByRole('button', { name: 'Show large in files' }).click()
  expect(await page.getByRole('tab', { name: 'Files' }).getAttribute('aria-selected')).toBe('true')
  expect(await session(page)).toEqual({ folder: 'a', path: 'a/large' })
})

test('the space begins where there is more than one folder or file', async () => {
  const page = await pages.openArchive('site.tgz', await siteArchive())
  await openTab(page, 'Space')
  await expect.poll(async () => (await tableRows(page)).length).toBeGreaterThan(5)
  await page.getByRole('button', { name: 'Top of the archive' }).click()
  await expect.poll(async () => (await tableRows(page)).map((row) => row.split(',')[0])).toEqual(['site/'])
})

test('the map keeps its size when a part of it is pointed at', async () => {
  const page = await pages.openArchive('tree.tgz', await buildArchive(TREE))
  await openTab(page, 'Space')
  const cell = map(page).getByRole('button', { name: /^large/ })
  await cell.waitFor()
  const height = await map(page).evaluate((element) => element.clientHeight)
  await cell.hover()
  await page.getByRole('button', { name: 'Show large in files' }).waitFor()
  expect(await map(page).evaluate((element) => element.clientHeight)).toBe(height)
})

test('the space by keyboard: from cell to cell, into a folder and out of it', async () => {
  const page = await pages.openArchive('tree.tgz', await buildArchive(TREE))
  await openTab(page, 'Space')
  const focused = page.locator('.cell:focus')
  await map(page).getByRole('button', { name: /^a\/ / }).focus()
  await page.keyboard.press('ArrowDown')
  expect(await focused.getAttribute('aria-label')).toMatch(/^(large|deep)/)
  await page.keyboard.press('End')
  expect(await focused.getAttribute('aria-label')).toMatch(/^c /)
  await page.keyboard.press('ArrowLeft')
  expect(await focused.getAttribute('aria-label')).not.toMatch(/^c /)
  await page.keyboard.press('Home')
  expect(await focused.getAttribute('aria-label')).toMatch(/^a\/ /)
  await page.keyboard.press('Enter')
  await page.getByRole('group', { name: /^Map of a\./ }).waitFor()
  await expect.poll(() => focused.getAttribute('aria-label')).toMatch(/^large /)
  expect(await map(page).locator('[tabindex="0"]').count()).toBe(1)
  await page.keyboard.press('Escape')
  await page.getByRole('group', { name: /^Map of the archive/ }).waitFor()
  await expect.poll(() => focused.getAttribute('aria-label')).toMatch(/^a\/ /)
})

test('names out of the archive are shown as they are, and do nothing', async () => {
  const page = await pages.openArchive('hostile.tgz', hostileSite())
  await openTab(page, 'Space')
  await page.getByRole('button', { name: 'Packed' }).click()
  await page.getByRole('row', { name: /safe\\u\{202e\}gpj\.exe/ }).waitFor()
  await openTab(page, 'Bytes')
  await expect.poll(() => page.getByRole('slider').getAttribute('aria-valuetext')).toContain('Bytes 0 to')
  expect(await page.evaluate('window.hacked')).toBeUndefined()
})

test('a large listing is read only when asked for; what fails is told and tried again', async () => {
  const text = (seed: number): string => Buffer.from(noise(1800, seed)).toString('base64url')
  const many = Array.from({ length: 6000 }, (_, k) => ({ path: `${String(k).padStart(4, '0')}-${text(k)}`, data: 'x' }))
  const bytes = await buildArchive(many, { digest: 'none' })
  const listing = (await openArchive(new MemorySource(bytes))).tail.listingPackedBytes
  expect(listing).toBeGreaterThan(8 * 1024 * 1024)
  const page = await pages.openArchive('many.tgz', bytes)
  await openTab(page, 'Space')
  const size = `${(listing / 1024 / 1024).toFixed(1).replace('.0', '')} MiB`
  await page.getByText(`Where the space goes is in the listing. It reads ${size}.`).waitFor()
  await openTab(page, 'Bytes')
  await page.getByText(`Where members lie is in the listing. It reads ${size}.`).waitFor()
  await page.getByText('Not listed', { exact: true }).waitFor()
  const before = pages.asked.length

  pages.serve('many.tgz', (_, response) => void response.writeHead(404, { 'access-control-allow-origin': '*' }).end())
  await page.getByRole('button', { name: 'Read the listing' }).click()
  await page.getByRole('alert').waitFor()
  pages.errors.length = 0
  expect(pages.asked).toHaveLength(before)
  pages.serve('many.tgz', bytes)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Not listed', { exact: true }).waitFor({ state: 'hidden' })
  await openTab(page, 'Space')
  await page.getByText('5.9 KiB in 6,000 entries').waitFor()
})

test('the bytes by keyboard: what lies where, nearer and back', async () => {
  const bytes = await buildArchive(TREE)
  const archive = await openArchive(new MemorySource(bytes))
  const page = await pages.openArchive('tree.tgz', bytes)
  await openTab(page, 'Bytes')
  const slider = page.getByRole('slider', { name: 'Place in the archive' })
  const text = (): Promise<string | null> => slider.getAttribute('aria-valuetext')
  await slider.focus()
  await expect.poll(text).toMatch(/^Bytes 0 to \d+, not fetched .*: Headers, with 1 member$/)
  await page.keyboard.press('ArrowRight')
  await expect.poll(text).toMatch(/, not fetched .*: Data of a\/deep\/one$/)
  await page.keyboard.press('End')
  await expect.poll(text).toMatch(/, fetched .*: Tail: /)
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await expect.poll(text).toMatch(/^Bytes [1-9][\d,]* to/)

  await page.keyboard.press('Enter')
  await page.getByText(/Bytes [\d,]+ to [\d,]+ of/).waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await page.getByText('1 byte a cell').waitFor()
  await page.keyboard.press('Home')
  await expect.poll(text).toMatch(/^Byte [\d,]+, /)
  expect(await page.getByRole('button', { name: 'Zoom in' }).getAttribute('aria-disabled')).toBe('true')
  for (let k = 0; k < 3; k += 1) await page.keyboard.press('Escape')
  await page.getByText(`All ${bytes.length.toLocaleString('en')} bytes`).waitFor()

  const { location, packedBytes } = await archive.get('a/deep/one')
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  const whole = `${(Number(packedBytes) / 1024).toFixed(1)} KiB from byte ${location?.offset.toLocaleString('en')} on`
  await page.getByText(whole).waitFor()
})

test('the bytes by mouse, and what is fetched grows as files are looked at', async () => {
  const page = await pages.openArchive('tree.tgz', await buildArchive(TREE))
  await openTab(page, 'Bytes')
  const slider = page.getByRole('slider', { name: 'Place in the archive' })
  const meter = page.locator('[data-fetched]')
  await expect.poll(() => meter.innerText()).toMatch(/^Fetched 64 KiB of .* in 1 request$/)
  const faint = await inkOf(slider)
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toMatch(/^Bytes 0 to/)
  await slider.hover({ position: { x: 200, y: 20 } })
  await page.getByText(/^Bytes [\d,]+ to [\d,]+, not fetched/).waitFor()
  await slider.click({ position: { x: 34, y: 4 } })
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toMatch(/^Bytes 290 to/)
  expect(await page.getByRole('table').locator('tbody tr').allInnerTexts()).toHaveLength(1)

  await page.getByRole('button', { name: 'Show a/deep/one in files' }).click()
  expect(await session(page)).toEqual({ folder: 'a/deep', path: 'a/deep/one' })
  await expect.poll(() => pages.asked.length).toBeGreaterThan(1)
  await openTab(page, 'Bytes')
  await expect.poll(() => meter.innerText()).toMatch(/in [2-9] requests$/)
  await page.getByRole('cell', { name: 'Data of a/deep/one', exact: true }).first().waitFor()
  await expect.poll(() => inkOf(slider)).toBeGreaterThan(faint)
})

test('slices: their borders are told of', async () => {
  const slices = await slicedArchive('site.tgz')
  for (const { name, bytes } of slices) pages.serve(name, bytes)
  const page = await pages.open(
    `?archive=${encodeURIComponent(pages.serve('site.tgz.part1', slices[0]?.bytes ?? new Uint8Array()))}`,
  )
  await openTab(page, 'Bytes')
  await page.getByText('A slice begins').waitFor()
  await page.getByRole('slider').focus()
  await page.keyboard.press('End')
  await expect
    .poll(() => page.getByRole('slider').getAttribute('aria-valuetext'))
    .toContain(`in slice ${slices.length},`)
})

/** How much of the canvas is drawn strong, summed over its pixels. */
async function inkOf(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    if (!(element instanceof HTMLCanvasElement)) return 0
    const pixels = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? []
    let dark = 0
    for (let k = 0; k < pixels.length; k += 4) if ((pixels[k] ?? 255) < 60 && (pixels[k + 3] ?? 0) === 255) dark += 1
    return dark
  })
}

/** The folder and the entry that the files are shown of. */
async function session(page: Page): Promise<unknown> {
  return page
    .locator('isptar-inspector')
    .evaluate((element: Element & { session?: { state: { folder: string; current?: { path: string } } } }) => {
      const state = element.session?.state
      return { folder: state?.folder, path: state?.current?.path }
    })
}
