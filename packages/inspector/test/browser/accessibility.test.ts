/** What axe finds in every view, in light and dark, on a wide screen and on a phone: nothing; and nothing is wider than it. */
import axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { differential, siteTree, siteArchive } from '../archives.ts'
import { type OpenPageOptions, usePages } from './chromium-page.ts'
import { show, showEntry } from './look-at.ts'

const pages = usePages()

const LOOKS: readonly { readonly look: string; readonly options: OpenPageOptions }[] = [
  { look: 'wide', options: { viewport: { width: 1280, height: 800 } } },
  { look: 'narrow', options: { viewport: { width: 360, height: 740 } } },
]

/** A state of the page: how one gets there from the one before. */
interface Scene {
  readonly name: string
  go(page: Page): Promise<unknown>
}

/** Goes through scenes, and gives all that axe finds in them: in light everything, in dark what colours have to do with. */
async function findingsOf(page: Page, scenes: readonly Scene[]): Promise<string[]> {
  const findings: string[] = []
  await page.evaluate(axe.source)
  for (const { name, go } of scenes) {
    await page.emulateMedia({ colorScheme: 'light' })
    await go(page)
    findings.push(...(await violationsIn(page, `${name}, light`)))
    await page.emulateMedia({ colorScheme: 'dark' })
    findings.push(...(await violationsIn(page, `${name}, dark`, ['color-contrast', 'link-in-text-block'])))
  }
  return findings
}

async function violationsIn(page: Page, name: string, rules?: readonly string[]): Promise<string[]> {
  // What fades in has no contrast yet.
  await page.evaluate('Promise.all(document.getAnimations().map((animation) => animation.finished))')
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) }
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${JSON.stringify(options)})`)
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  const findings = overflow > 0 ? [`${name}: ${overflow} pixels wider than the window`] : []
  return findings.concat(
    violations.map(({ id, impact, nodes }) => {
      const places = nodes
        .slice(0, 3)
        .map(({ target, failureSummary }) => `${target.flat().join(' ')}: ${failureSummary}`)
      return `${name}: ${id} (${impact})\n  ${places.join('\n  ')}`
    }),
  )
}

const tab = (name: string, shown: (panel: Locator) => Locator): Scene => ({
  name,
  go: async (page) => {
    await page.getByRole('tab', { name }).click()
    await shown(page.getByRole('tabpanel', { name })).first().waitFor()
  },
})

const space = tab('Space', (panel) => panel.getByRole('group', { name: /^Map of/ }).getByRole('button'))
const bytes = tab('Bytes', (panel) => panel.getByRole('slider', { name: 'Place in the archive' }))
const compare = tab('Compare', (panel) => panel.getByRole('textbox', { name: 'address' }))

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
    const panel = page.getByRole('tabpanel', { name: 'Check' })
    await panel.getByRole('button', { name: 'Check' }).click()
    await panel.getByRole('button', { name: 'Save report' }).waitFor()
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
  await page
    .getByRole('heading', { name: 'Look into an archive' })
    .evaluate((heading) => void (heading.style.color = 'light-dark(black, #222)'))
  const findings = await findingsOf(page, [{ name: 'broken', go: stay }])
  expect(findings.map((finding) => finding.split(' (')[0])).toEqual([
    expect.stringMatching(/^broken, light: label/),
    'broken, dark: color-contrast',
  ])
})

test.each(LOOKS)('trouble, $look', async ({ options }) => {
  const page = await pages.openArchive('letter.txt', Buffer.from('Dear reader,\n'.repeat(100)), options)
  await page.getByRole('alert').filter({ hasText: /\S/ }).waitFor()
  expect(await findingsOf(page, [{ name: 'trouble', go: stay }])).toEqual([])
})

/** One of each kind of preview; of the others the wide page is enough. */
const ON_A_PHONE = ['site/backup.tar.gz', 'site/docs/guide.txt', 'site/img/dot.png', 'site/latest', 'site/noise.bin']

test.each(LOOKS)('every view of an archive, $look', { timeout: 180_000 }, async ({ look, options }) => {
  const page = await pages.openArchive('site.tgz', await siteArchive(), options)
  await page.getByRole('tab', { name: 'Files' }).waitFor()
  const files = (await siteTree()).filter(({ type }) => type !== 'directory').map(({ path }) => String(path))
  const entries = (look === 'narrow' ? ON_A_PHONE : files).map(entry)
  const scenes = [folder(''), folder('site'), ...entries, space, bytes, checked, about, closeDialog]
  expect(await findingsOf(page, [...scenes, folder('site/docs'), selection])).toEqual([])
})

test.each(LOOKS)('a differential, $look', { timeout: 120_000 }, async ({ options }) => {
  const { archive, base } = await differential()
  const page = await pages.openArchive('mon.tgz', archive, options)
  await page.getByRole('tab', { name: 'Files' }).waitFor()
  const scenes = [folder('site'), entry('site/docs/guide.txt'), compare, compared(base), checked]
  expect(await findingsOf(page, scenes)).toEqual([])
})
