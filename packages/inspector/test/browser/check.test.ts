/** Checking on the page. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { MemorySource, openArchive } from 'isptar'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { buildArchive, differential, hostileSite, siteArchive } from '../archives.ts'
import { type Answer, type OpenPageOptions, usePages } from './chromium-page.ts'

const pages = usePages()

async function openCheck(bytes: Uint8Array | Answer, options?: OpenPageOptions): Promise<Page> {
  const page = await pages.openArchive('site.tgz', bytes, options)
  await page.getByRole('tab', { name: 'Check' }).click()
  await page.getByRole('button', { name: 'Check' }).waitFor()
  return page
}

/** Does something with the session, which has no page of its own here. */
async function inSession(page: Page, method: string, argument: unknown): Promise<void> {
  await page.evaluate(
    ([name, value]) => {
      const session = Reflect.get(document.querySelector('isptar-inspector') ?? {}, 'session')
      session[name](Array.isArray(value) ? new Set(value) : value)
    },
    [method, argument] as const,
  )
}

async function flipped(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  const { location } = await (await openArchive(new MemorySource(bytes))).get(path)
  const copy = Buffer.from(bytes)
  const at = (location?.offset ?? 0) + 30
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
  return copy
}

test('the whole archive is right, by the keyboard alone', async () => {
  const page = await openCheck(await siteArchive())
  const whole = page.getByRole('radio', { name: /^The whole archive/ })
  expect(await whole.isChecked()).toBe(true)
  await whole.focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Everything in the whole archive is right' }).waitFor()
  await page.getByText('17 entries looked at').waitFor()
  await page.getByText(/an ordinary tar unpacks the same/).waitFor()
  expect(await page.getByRole('button', { name: 'Check' }).evaluate((element) => element.matches(':focus'))).toBe(true)
})

test('problems lead to their entries; the report goes to the clipboard and to a file', async () => {
  const bytes = await flipped(await flipped(await siteArchive(), 'site/noise.bin'), 'site/docs/guide.txt')
  const before = `window.showSaveFilePicker = undefined
    navigator.clipboard.writeText = async (text) => { window.copied = text }`
  const page = await openCheck(bytes, { before })
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByRole('heading', { name: /problems? found in the whole archive/ }).waitFor()
  const problems = page.getByRole('list', { name: 'Problems' })
  await problems.getByRole('button', { name: 'site/docs/guide.txt' }).first().waitFor()

  await page.getByRole('button', { name: 'Copy report' }).click()
  await page.getByText('Copied.').waitFor()
  const text = String(await page.evaluate(() => Reflect.get(window, 'copied')))
  expect(text).toMatch(/^Check of site\.tgz\n\d problems? found in the whole archive\n/)
  expect(text).toMatch(/^- site\/docs\/guide\.txt: CRC-32 of a gzip member/m)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save report' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('site.tgz-check.txt')
  expect(readFileSync(await download.path(), 'utf8')).toBe(text)

  await problems.getByRole('button', { name: 'site/noise.bin' }).first().click()
  await expect
    .poll(() => page.evaluate(() => Reflect.get(document.querySelector('isptar-inspector') ?? {}, 'session').state))
    .toMatchObject({ tab: 'files', folder: 'site', current: { path: 'site/noise.bin', line: 14 } })
  // The report is kept for whoever comes back.
  await page.getByRole('tab', { name: 'Check' }).click()
  await page.getByRole('heading', { name: /problems? found/ }).waitFor()
})

test('a folder, a selection and what is looked at are checked without the rest', async () => {
  const page = await openCheck(await flipped(await siteArchive(), 'site/noise.bin'))
  await inSession(page, 'openFolder', 'site/docs')
  await inSession(page, 'select', ['site/etc', 'site/img/dot.png'])
  await inSession(page, 'look', { path: 'site/noise.bin', line: 14 })
  await inSession(page, 'showTab', 'check')
  for (const [name, verdict] of [
    [/^The folder that is shown/, 'Everything in site/docs is right'],
    [/^What is selected/, 'Everything in 2 selected entries is right'],
    [/^The entry that is shown/, '1 problem found in site/noise.bin'],
  ] as const) {
    await page.getByRole('radio', { name }).check()
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByRole('heading', { name: verdict }).waitFor()
    expect(await page.getByRole('list', { name: 'Problems' }).count()).toBe(verdict.startsWith('1') ? 1 : 0)
  }
})

test('what could not be checked is said', async () => {
  const page = await openCheck((await differential()).archive)
  await page.getByRole('button', { name: 'Check' }).click()
  const verdict = 'What is here of the whole archive is right; 3 files were not checked'
  await page.getByRole('heading', { name: verdict }).waitFor()
  await page.getByRole('status').getByText(verdict).waitFor({ state: 'attached' })
  const notice = page.getByText(/in base 1 \(sun\.tgz\), which was not given/)
  expect(await notice.isVisible()).toBe(true)
})

test('many problems come in portions', async () => {
  const entries = Array.from({ length: 450 }, (_, i) => ({
    path: `link-${i}`,
    type: 'hardlink' as const,
    linkTarget: `none-${i}`,
  }))
  const page = await openCheck(await buildArchive(entries))
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByRole('heading', { name: '450 problems found' }).waitFor()
  const items = page.getByRole('list', { name: 'Problems' }).getByRole('listitem')
  expect(await items.count()).toBe(200)
  await page.getByRole('button', { name: 'Show 200 more of 250' }).click()
  await page.getByRole('button', { name: 'Show 50 more of 50' }).click()
  await expect.poll(() => items.count()).toBe(450)
})

test('Stop ends it, and no report is made; another archive forgets the report', async () => {
  // Not in the tail, which is here already.
  const bytes = await buildArchive([{ path: 'large', data: randomBytes(1_000_000) }])
  let isStuck = false
  const page = await openCheck((request, response) => {
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'range',
      'access-control-expose-headers': 'content-range, etag, accept-ranges',
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204, headers).end()
    if (isStuck) return
    const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
    const start = first === '' ? Math.max(bytes.length - Number(last), 0) : Number(first)
    const end = first === '' || last === '' ? bytes.length : Math.min(Number(last) + 1, bytes.length)
    const range = `bytes ${start}-${end - 1}/${bytes.length}`
    response.writeHead(206, { ...headers, 'content-range': range }).end(bytes.subarray(start, end))
  })
  isStuck = true
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByRole('progressbar', { name: 'Checked' }).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Stopped. Nothing is said of the whole archive.').waitFor()
  isStuck = false
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByRole('heading', { name: /^Everything/ }).waitFor()
  await inSession(page, 'open', { places: [{ type: 'url', url: pages.serve('other.tgz', bytes) }] })
  await page.getByRole('heading', { name: 'other.tgz' }).waitFor()
  await page.getByRole('tab', { name: 'Check' }).click()
  await page.getByRole('button', { name: 'Check' }).waitFor()
  expect(await page.getByRole('heading', { name: /^Everything/ }).count()).toBe(0)
})

test('a hostile archive has its names shown as text', async () => {
  const page = await openCheck(hostileSite())
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByRole('heading', { name: /problems found/ }).waitFor()
  await page.getByRole('list', { name: 'Problems' }).getByRole('button', { name: '../../etc/passwd' }).first().waitFor()
  expect(await page.evaluate(() => Reflect.get(window, 'hacked'))).toBeUndefined()
})
