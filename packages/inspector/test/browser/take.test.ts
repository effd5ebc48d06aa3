/** Saving on the page: one file and selections, by a picker and by downloads. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemorySource, openArchive } from 'isptar'
import type { Locator, Page } from 'playwright-core'
import { afterEach, expect, test } from 'vitest'
import { buildArchive, differential, hostileSite, HOSTILE_NAMES, siteArchive } from '../archives.ts'
import { type Answer, usePages } from './chromium-page.ts'

const pages = usePages()
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Picks, without asking, a file of the folder that the browser has for the page. */
const PICKER = `window.showSaveFilePicker = async ({ suggestedName }) => {
  const root = await navigator.storage.getDirectory()
  return root.getFileHandle(suggestedName, { create: true })
}`
const NO_PICKER = 'window.showSaveFilePicker = undefined'

async function open(bytes: Uint8Array | Answer, before: string = PICKER): Promise<Page> {
  const page = await pages.openArchive('site.tgz', bytes, { before })
  await page.getByRole('heading', { name: 'site.tgz' }).waitFor()
  return page
}

async function select(page: Page, ...paths: readonly string[]): Promise<void> {
  await page.evaluate((selected) => {
    Reflect.get(document.querySelector('isptar-inspector') ?? {}, 'session').select(new Set(selected))
  }, paths)
}

/** What lies in the folder, by name. */
async function picked(page: Page): Promise<ReadonlyMap<string, Buffer>> {
  const files = await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const found: [string, number[]][] = []
    const names: AsyncIterable<[string, FileSystemHandle]> = Reflect.get(root, 'entries').call(root)
    for await (const [name, handle] of names) {
      if (!(handle instanceof FileSystemFileHandle)) continue
      found.push([name, [...new Uint8Array(await (await handle.getFile()).arrayBuffer())]])
    }
    return found
  })
  return new Map(files.map(([name, bytes]) => [name, Buffer.from(bytes)]))
}

/** Serves an archive; ranges that go over a place are sent up to there, and then no further. */
function stuckAfter(bytes: Uint8Array, offset: number): Answer {
  return (request, response) => {
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'range',
      'access-control-expose-headers': 'content-range, etag, accept-ranges',
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204, headers).end()
    const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
    const start = first === '' ? Math.max(bytes.length - Number(last), 0) : Number(first)
    const end = first === '' || last === '' ? bytes.length : Math.min(Number(last) + 1, bytes.length)
    const range = `bytes ${start}-${end - 1}/${bytes.length}`
    response.writeHead(206, { ...headers, 'content-range': range, 'content-length': end - start })
    if (start >= offset || end <= offset) return void response.end(bytes.subarray(start, end))
    response.write(bytes.subarray(start, offset))
  }
}

test('one file goes where the user picks, and "saved" is said after it was read back', async () => {
  const page = await open(await siteArchive())
  await select(page, 'site/docs/guide.txt')
  await page.getByRole('region', { name: 'Take out' }).getByText('3.3 KiB').waitFor()
  await page.getByRole('button', { name: 'Save file' }).click()
  await page.getByText('Saved: guide.txt, 3.3 KiB; checked by SHA-256.').waitFor()
  expect((await picked(page)).get('guide.txt')?.toString()).toBe('Read this first.\n'.repeat(200))
})

test('where nobody can pick, the browser downloads it', async () => {
  const page = await open(await siteArchive(), NO_PICKER)
  await select(page, 'site/welcome')
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save file' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('welcome')
  expect(readFileSync(await download.path(), 'utf8')).toBe('hello\n')
  await page.getByText('Given to the browser to download: welcome, 6 B; checked by SHA-256.').waitFor()
})

test('a selection is an archive that tar unpacks: picked, and downloaded by way of a file of the browser', async () => {
  const page = await open(await siteArchive())
  await select(page, 'site/docs', 'site/etc/motd')
  await page.getByRole('button', { name: 'Save as .tar.gz' }).click()
  await page.getByText(/^Saved: site-selection\.tar\.gz, 6 entries, .*read back, every member checked/).waitFor()
  const bytes = (await picked(page)).get('site-selection.tar.gz') ?? Buffer.alloc(0)
  expect(await (await openArchive(new MemorySource(bytes))).verify()).toMatchObject({ ok: true, entryCount: 6 })

  const folder = mkdtempSync(join(tmpdir(), 'isptar-take-'))
  folders.push(folder)
  writeFileSync(join(folder, 'out.tgz'), bytes)
  const tar = spawnSync('tar', ['xzf', 'out.tgz', '--no-same-owner'], { cwd: folder })
  expect([tar.stderr.toString(), tar.status]).toEqual(['', 0])
  expect(readFileSync(join(folder, 'site/etc/motd'), 'utf8')).toBe('hello\n')
  expect(readFileSync(join(folder, 'site/docs/guide.txt'))).toHaveLength(3400)

  const other = await open(await siteArchive(), NO_PICKER)
  await select(other, 'site/docs', 'site/etc/motd')
  const downloading = other.waitForEvent('download')
  await other.getByRole('button', { name: 'Save as .tar.gz' }).click()
  expect(readFileSync(await (await downloading).path()).equals(bytes)).toBe(true)
})

test('damaged data is not saved, and nothing of it is left', async () => {
  const bytes = Buffer.from(await siteArchive())
  const { location } = await (await openArchive(new MemorySource(bytes))).get('site/noise.bin')
  const at = (location?.offset ?? 0) + 4000
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  const page = await open(bytes)
  for (const button of ['Save file', 'Save as .tar.gz']) {
    await select(page, 'site/noise.bin')
    await page.getByRole('button', { name: button }).click()
    await page.getByRole('alert').getByText('Damaged data').waitFor()
    await page.getByRole('alert').getByText('Nothing was saved.').waitFor()
    expect((await picked(page)).size).toBe(0)
    await page.getByRole('button', { name: 'Close' }).click()
  }
})

test('what was read back otherwise than it was written is not said to be saved', async () => {
  const wrong = `${PICKER}
    const getFile = FileSystemFileHandle.prototype.getFile
    FileSystemFileHandle.prototype.getFile = async function () {
      const file = await getFile.call(this)
      return file.size === 0 || window.isHonest ? file : new File([file.slice(0, -1), 'x'], file.name)
    }`
  const page = await open(await siteArchive(), wrong)
  for (const button of ['Save file', 'Save as .tar.gz']) {
    await select(page, 'site/etc/motd')
    await page.getByRole('button', { name: button }).click()
    await page.getByRole('alert').getByText('What was read back is not what was written').waitFor()
    await page.evaluate(() => Reflect.set(window, 'isHonest', true))
    expect((await picked(page)).size).toBe(0)
    await page.evaluate(() => Reflect.set(window, 'isHonest', false))
    await page.getByRole('button', { name: 'Close' }).click()
  }
})

test('Stop, by the keyboard, in the middle leaves nothing; what was there before stays', async () => {
  const bytes = await buildArchive([{ path: 'large', data: randomBytes(4_000_000) }])
  const page = await open(stuckAfter(bytes, 2_000_000))
  await page.evaluate(async () => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle('large.tar.gz', { create: true })
    const writable = await handle.createWritable()
    await writable.write('mine')
    await writable.close()
  })
  for (const button of ['Save file', 'Save as .tar.gz']) {
    await select(page, 'large')
    await page.getByRole('button', { name: button }).focus()
    await page.keyboard.press('Enter')
    const stop = page.getByRole('button', { name: 'Stop' })
    await stop.waitFor()
    if (button === 'Save file') await page.getByText(/1\.\d MiB of 3\.8 MiB/).waitFor()
    await stop.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('Stopped. Nothing was saved.').waitFor()
    expect(await page.getByRole('button', { name: 'Close' }).evaluate((element) => element.matches(':focus'))).toBe(
      true,
    )
    await page.keyboard.press('Enter')
    const left = await picked(page)
    expect([...left].map(([name, data]) => `${name}: ${data.toString()}`)).toEqual(['large.tar.gz: mine'])
  }
})

test('leaving the page is asked about while something is saved', async () => {
  const page = await open(stuckAfter(await buildArchive([{ path: 'large', data: randomBytes(4_000_000) }]), 2_000_000))
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    // Who stays goes on saving.
    void dialog.dismiss()
  })
  await select(page, 'large')
  await page.getByRole('button', { name: 'Save file' }).click()
  await page.getByText(/1\.\d MiB of 3\.8 MiB/).waitFor()
  await page.close({ runBeforeUnload: true })
  await expect.poll(() => asked).toEqual(['beforeunload'])
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('status').getByText('Stopped. Nothing was saved.').waitFor()
  const closed = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await closed
  expect(asked).toHaveLength(1)
})

test('closing the picker saves nothing and says nothing', async () => {
  const cancel = "window.showSaveFilePicker = async () => { throw new DOMException('no', 'AbortError') }"
  const page = await open(await siteArchive(), cancel)
  await select(page, 'site/etc/motd')
  await page.getByRole('button', { name: 'Save file' }).click()
  await page.getByRole('button', { name: 'Save file', disabled: false }).waitFor()
  expect(await page.getByRole('region', { name: 'Take out' }).getByRole('status').textContent()).toMatch(/^\s*$/)
})

test('a full disk is said in words', async () => {
  const full = `${PICKER}
    FileSystemWritableFileStream.prototype.write = async () => { throw new DOMException('full', 'QuotaExceededError') }`
  const page = await open(await siteArchive(), full)
  await select(page, 'site/etc/motd')
  await page.getByRole('button', { name: 'Save file' }).click()
  await page.getByRole('alert').getByText('There is not enough room to save this').waitFor()
  expect((await picked(page)).size).toBe(0)
})

test('a selection that needs a base that is not open says so', async () => {
  const page = await open((await differential()).archive)
  await select(page, 'site/docs')
  await page.getByRole('button', { name: 'Save as .tar.gz' }).click()
  await page
    .getByRole('alert')
    .getByText(/base of the archive, which is not here/)
    .waitFor()
  expect((await picked(page)).size).toBe(0)
})

test('hostile names are saved under names that every system takes', async () => {
  const page = await open(hostileSite())
  for (const [path, name] of [
    [HOSTILE_NAMES[0], '_img src=x onerror=_window.hacked=1;top.hacked=1__'],
    ['safe\u202egpj.exe', 'safe_gpj.exe'],
    ['../../etc/passwd', 'passwd'],
    ['nul\u0000and\u0007bell\u001b[31mred', 'nul_and_bell_[31mred'],
  ] as const) {
    await select(page, path ?? '')
    await page.getByRole('button', { name: 'Save file' }).click()
    await page.getByText(`Saved: ${name}`).waitFor()
    expect((await picked(page)).get(name)?.length).toBeGreaterThan(4)
  }
  expect(await page.evaluate(() => Reflect.get(window, 'hacked'))).toBeUndefined()
})

test('clearing the selection closes the bar; another archive ends what is under way', async () => {
  const page = await open(stuckAfter(await buildArchive([{ path: 'large', data: randomBytes(4_000_000) }]), 2_000_000))
  await select(page, 'large')
  await page.getByRole('button', { name: 'Save file' }).click()
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  await page.evaluate(() => Reflect.get(document.querySelector('isptar-inspector') ?? {}, 'session').close())
  await page.getByRole('region', { name: 'Take out' }).waitFor({ state: 'detached' })
  await expect.poll(async () => (await picked(page)).size).toBe(0)
})

/** Opens a folder of the list by its name. */
async function enter(page: Page, name: string, expected: string): Promise<void> {
  await row(page, name).getByRole('button').click()
  await row(page, expected).waitFor()
}

const row = (page: Page, name: string): Locator =>
  page.getByRole('row').filter({ has: page.locator(`.name:text-is(${JSON.stringify(name)})`) })

test('by mouse: boxes in the list, and the file that is looked at while others are selected', async () => {
  const page = await open(await siteArchive())
  await enter(page, 'site', 'docs')
  for (const name of ['docs', 'img']) await row(page, name).getByRole('checkbox').check()
  const bar = page.getByRole('region', { name: 'Take out' })
  await bar.getByText('2 selected').waitFor()
  await bar.getByRole('button', { name: 'Save as .tar.gz' }).click()
  await bar.getByText(/^Saved: site-selection\.tar\.gz, 7 entries/).waitFor()
  await row(page, 'noise.bin').click({ position: { x: 300, y: 10 } })
  await page.getByRole('button', { name: 'Save noise.bin' }).click()
  await bar.getByText('Saved: noise.bin, 11.7 KiB; checked by SHA-256.').waitFor()
  expect([...(await picked(page)).keys()].sort()).toEqual(['noise.bin', 'site-selection.tar.gz'])
})

test('by keyboard: a row is selected, saved and cleared, and focus is in the list again', async () => {
  const page = await open(await siteArchive())
  await enter(page, 'site', 'docs')
  await row(page, 'noise.bin').click({ position: { x: 300, y: 10 } })
  await page.keyboard.press('Space')
  const bar = page.getByRole('region', { name: 'Take out' })
  const save = bar.getByRole('button', { name: 'Save file' })
  await save.waitFor()
  const isFocused = (button: Locator): Promise<boolean> => button.evaluate((element) => element.matches(':focus'))
  for (let tabs = 0; tabs < 40 && !(await isFocused(save)); tabs += 1) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await bar.getByText('Saved: noise.bin').waitFor()
  expect(await isFocused(save)).toBe(true)
  for (const name of ['Save as .tar.gz', 'Clear']) {
    await page.keyboard.press('Tab')
    expect(await isFocused(bar.getByRole('button', { name }))).toBe(true)
  }
  await page.keyboard.press('Enter')
  await bar.getByRole('button', { name: 'Clear' }).waitFor({ state: 'detached' })
  expect(await isFocused(row(page, 'noise.bin'))).toBe(true)
})
