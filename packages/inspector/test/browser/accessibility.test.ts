/** What axe finds in every view, in light and dark, on a wide screen and on a phone: nothing. */
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { differential, siteTree, siteArchive } from '../archives.ts'
import { type OpenPageOptions, usePages } from './chromium-page.ts'
import { show, showEntry } from './look-at.ts'

const pages = usePages()

const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 360, height: 740 }
const LOOKS: readonly { readonly look: string; readonly options: OpenPageOptions }[] = [
  { look: 'light, wide', options: { viewport: WIDE, colorScheme: 'light' } },
  { look: 'dark, wide', options: { viewport: WIDE, colorScheme: 'dark' } },
  { look: 'light, narrow', options: { viewport: NARROW, colorScheme: 'light' } },
  { look: 'dark, narrow', options: { viewport: NARROW, colorScheme: 'dark' } },
]

/** A state of the page: how one gets there from the one before. */
interface Scene {
  readonly name: string
  go(page: Page): Promise<unknown>
}

/** Goes through scenes, and gives all that axe finds in them. */
async function findingsOf(page: Page, scenes: readonly Scene[]): Promise<string[]> {
  const findings: string[] = []
  await page.evaluate(axe.source)
  for (const { name, go } of scenes) {
    await go(page)
    // What fades in has no contrast yet.
    await page.evaluate('Promise.all(document.getAnimations().map((animation) => animation.finished))')
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
    for (const { id, impact, nodes } of violations) {
      const places = nodes
        .slice(0, 3)
        .map(({ target, failureSummary }) => `${target.flat().join(' ')}: ${failureSummary}`)
      findings.push(`${name}: ${id} (${impact})\n  ${places.join('\n  ')}`)
    }
  }
  return findings
}

const tab = (name: string): Scene => ({
  name,
  go: async (page) => {
    await page.getByRole('tab', { name }).click()
    await page.getByRole('tabpanel', { name }).waitFor()
  },
})

/** Shows an entry, and waits for its preview. */
const entry = (path: string): Scene => ({
  name: `entry ${path}`,
  go: (page) => showEntry(page, path),
})

const folder = (path: string): Scene => ({
  name: `folder /${path}`,
  go: async (page) => {
    await show(page, path)
    await page.getByRole('grid', { name: 'Files' }).getByRole('row').nth(1).waitFor()
  },
})

const selection: Scene = {
  name: 'a selection',
  go: async (page) => {
    await page.getByRole('grid', { name: 'Files' }).getByRole('row').nth(1).focus()
    await page.keyboard.press('Control+a')
    await page.getByRole('row', { selected: true }).first().waitFor()
  },
}

const about: Scene = {
  name: 'about this archive',
  go: async (page) => {
    await page.getByRole('button', { name: 'About this archive' }).click()
    await page.getByRole('dialog').waitFor()
  },
}

const closeDialog: Scene = {
  name: 'without the dialog',
  go: async (page) => {
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  },
}

const compared = (base: Uint8Array): Scene => ({
  name: 'a comparison',
  go: async (page) => {
    await page.getByRole('tab', { name: 'Compare' }).click()
    await page.getByRole('textbox', { name: 'address' }).fill(pages.serve('sun.tgz', base))
    await page.keyboard.press('Enter')
    await page.getByRole('grid', { name: 'Differences' }).getByRole('row').first().waitFor()
  },
})

const checked: Scene = {
  name: 'a check',
  go: async (page) => {
    await page.getByRole('tab', { name: 'Check' }).click()
    const button = page.getByRole('tabpanel', { name: 'Check' }).getByRole('button', { name: /^Check/ })
    if ((await button.count()) === 0) return
    await button.first().click()
    await page.getByRole('progressbar').waitFor({ state: 'detached' })
  },
}

const stay: Scene['go'] = async () => undefined

test.each(LOOKS)('the start view, $look', async ({ options }) => {
  const page = await pages.open('', options)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  expect(await findingsOf(page, [{ name: 'start', go: stay }])).toEqual([])
})

test('axe looks into the elements of the page', async () => {
  const page = await pages.open()
  await page
    .getByRole('textbox', { name: 'address' })
    .evaluate((field) => field.parentElement?.querySelector('label')?.remove())
  expect((await findingsOf(page, [{ name: 'broken', go: stay }])).join()).toMatch(
    /broken: label\S* \((serious|critical)\)/,
  )
})

test.each(LOOKS)('trouble, $look', async ({ options }) => {
  const page = await pages.openArchive('letter.txt', Buffer.from('Dear reader,\n'.repeat(100)), options)
  await page.getByRole('alert').filter({ hasText: /\S/ }).waitFor()
  expect(await findingsOf(page, [{ name: 'trouble', go: stay }])).toEqual([])
})

test.each(LOOKS)('every view of an archive, $look', { timeout: 180_000 }, async ({ options }) => {
  const page = await pages.openArchive('site.tgz', await siteArchive(), options)
  await page.getByRole('tab', { name: 'Files' }).waitFor()
  const entries = (await siteTree()).filter(({ type }) => type !== 'directory').map(({ path }) => entry(String(path)))
  const scenes = [folder(''), folder('site'), ...entries, tab('Space'), tab('Bytes'), checked, about, closeDialog]
  expect(await findingsOf(page, [...scenes, folder('site/docs'), selection])).toEqual([])
})

test.each(LOOKS)('a differential, $look', { timeout: 120_000 }, async ({ options }) => {
  const { archive, base } = await differential()
  const page = await pages.openArchive('mon.tgz', archive, options)
  await page.getByRole('tab', { name: 'Files' }).waitFor()
  const scenes = [folder('site'), entry('site/docs/guide.txt'), tab('Compare'), compared(base), checked]
  expect(await findingsOf(page, scenes)).toEqual([])
})
