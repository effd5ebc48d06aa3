/** Opening archives on the page. */
import { pathToFileURL } from 'node:url'
import { createArchive, MemoryTarget } from 'isptar'
import { expect, test } from 'vitest'
import { PAGE_FILE, usePages } from './chromium-page.ts'

const pages = usePages()

async function smallArchive(): Promise<Uint8Array> {
  const target = new MemoryTarget()
  const writer = createArchive(target)
  await writer.add({ path: 'site', type: 'directory' })
  await writer.add({ path: 'site/motd' }, 'hello\n')
  await writer.close()
  return target.bytes()
}

test('opens the archive of the address and says what was fetched', async () => {
  const page = await pages.openArchive('site.tgz', await smallArchive())
  await page.getByRole('heading', { name: 'site.tgz' }).waitFor()
  expect(await page.locator('[data-meter]').textContent()).toContain('in 1 request')
  expect(pages.asked).toHaveLength(1)
})

test('works as a file of the disk, too', async () => {
  const archive = pages.serve('site.tgz', await smallArchive())
  const page = await pages.open(`?archive=${encodeURIComponent(archive)}`, { url: pathToFileURL(PAGE_FILE).href })
  await page.getByRole('heading', { name: 'site.tgz' }).waitFor()
  expect(new URL(page.url()).protocol).toBe('file:')
})
