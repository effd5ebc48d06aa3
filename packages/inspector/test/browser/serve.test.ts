/** The page of `isptar serve`, by the built command. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createArchive } from 'isptar'
import { FileTarget } from 'isptar/node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { differential, slicedArchive } from '../archives.ts'
import { usePages } from './chromium-page.ts'

const COMMAND = join(import.meta.dirname, '../../../cli/dist/main.js')
const pages = usePages()
let folder = ''
let stop: (() => Promise<number | null>) | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-serve-page-'))
})
afterEach(async () => {
  await stop?.()
  stop = undefined
  rmSync(folder, { recursive: true })
})

async function pack(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  const writer = createArchive(new FileTarget(path))
  await writer.add({ path: 'site', type: 'directory' })
  await writer.add({ path: 'site/motd' }, text)
  await writer.close()
  return path
}

/** Starts the server and gives the address that it prints. */
async function serve(...archives: readonly string[]): Promise<string> {
  const server = spawn(process.execPath, [COMMAND, 'serve', '--no-open', ...archives], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(server, 'exit')
  stop = async () => {
    server.kill('SIGTERM')
    const [code] = await ended
    return code
  }
  for await (const line of createInterface(server.stdout)) return line
  throw new Error('the server ended without a word')
}

/** Packs an archive of several slices; gives the name of the first. */
async function slices(name: string): Promise<string> {
  for (const slice of await slicedArchive(name)) writeFileSync(join(folder, slice.name), slice.bytes)
  return join(folder, `${name}.part1`)
}

test('shows the one archive at once', async () => {
  const page = await pages.open('', { url: await serve(await pack('site.tgz', 'hello\n')) })
  await page.getByRole('heading', { name: 'site.tgz' }).waitFor()
  await page.getByRole('row', { name: /site/ }).dblclick()
  await page.getByRole('row', { name: /motd/ }).click()
  await page.getByText('hello').waitFor()
  expect(await stop?.()).toBe(0)
})

test('offers several, and each opens', async () => {
  const archives = [await pack('sunday.tgz', 'one\n'), await pack('monday.tgz', 'two\n')]
  const page = await pages.open('', { url: await serve(...archives) })
  await page.getByRole('button', { name: /monday\.tgz/ }).click()
  await page.getByRole('heading', { name: 'monday.tgz' }).waitFor()
  await expect.poll(() => page.title()).toContain('monday.tgz')
})

test('which archive was chosen stands in the address: for reloading, links and steps back', async () => {
  const archives = [await pack('a/mon.tgz', 'one\n'), await pack('b/mon.tgz', 'two\n'), await slices('tue.tgz')]
  const url = await serve(...archives)
  const page = await pages.open('', { url })
  const title = (name: string): Promise<void> => page.getByRole('heading', { name, exact: true }).waitFor()
  const chosen = (): string | null => new URL(page.url()).searchParams.get('served')
  await page.getByRole('button', { name: 'tue.tgz' }).click()
  await title('tue.tgz')
  expect(chosen()).toBe('tue.tgz')
  await page.getByRole('row', { name: /site/ }).getByRole('button').click()
  await page.getByRole('row', { name: /motd/ }).waitFor()
  const link = page.url()
  expect(new URL(link).hash).toBe('#/site/')
  await page.reload()
  await title('tue.tgz')
  await page.getByRole('row', { name: /motd/ }).waitFor()
  await page.goBack()
  await page.getByRole('row', { name: /site/ }).waitFor()
  await page.goBack()
  await title('isptar')
  expect(page.url()).toBe(url)
  // One of two with the same name.
  await page.getByRole('button', { name: 'mon.tgz' }).nth(1).click()
  await title('mon.tgz')
  expect(chosen()).toBe('mon.tgz/2')
  await page.goto(`${page.url()}#/site/motd`)
  await page.reload()
  await page.getByText('two').waitFor()
  await page.getByRole('button', { name: 'Open another archive' }).click()
  await title('isptar')
  expect(page.url()).toBe(url)
  await page.goBack()
  await page.getByText('two').waitFor()
  await page.goto(link)
  await title('tue.tgz')
  await page.getByRole('row', { name: /motd/ }).waitFor()
})

test('bases are there after reloading, and are called by their names', async () => {
  const { archive, base } = await differential()
  writeFileSync(join(folder, 'sun.tgz'), base)
  writeFileSync(join(folder, 'mon.tgz'), archive)
  const url = await serve('--base', join(folder, 'sun.tgz'), join(folder, 'mon.tgz'))
  const page = await pages.open('', { url })
  await page.getByRole('heading', { name: 'mon.tgz', exact: true }).waitFor()
  expect(new URL(page.url()).searchParams.get('served')).toBe('mon.tgz')
  await page.goto(`${page.url()}#/site/docs/guide.txt`)
  await page.reload()
  await page.getByText('Read this first.').first().waitFor()
  const place = await page.getByRole('definition').filter({ hasText: 'in base 1' }).textContent()
  expect(place).toContain('in base 1, sun.tgz at byte')
  expect(place).not.toContain('127.0.0.1')
})
