/** The page of `isptar serve`, by the built command. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createArchive } from 'isptar'
import { FileTarget } from 'isptar/node'
import { afterEach, beforeEach, expect, test } from 'vitest'
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
