/** The built library on a page: it writes an archive, reads it as a Blob and over HTTP. */
import { createArchive, MemoryTarget } from 'isptar'
import { expect, test } from 'vitest'
import { openPage, serveRange, whyNoPage } from './chromium.ts'

test('a page writes, lists and reads archives', async ({ skip }) => {
  const missing = whyNoPage()
  if (missing !== undefined) skip(missing)
  const target = new MemoryTarget()
  const writer = createArchive(target)
  await writer.add({ path: 'dir', type: 'directory' })
  await writer.add({ path: 'dir/lines.txt' }, 'line 1\nline 2\n')
  await writer.close()
  const ranges: string[] = []
  const found = await openPage({
    imports: "import { BlobSource, createArchive, HttpSource, MemoryTarget, openArchive } from 'isptar'",
    script: `
      const target = new MemoryTarget()
      const writer = createArchive(target)
      await writer.add({ path: 'note.txt' }, new Blob(['written in a browser']))
      await writer.close()
      await using own = await openArchive(new BlobSource(new File([target.bytes()], 'own.tgz')))
      found.own = await own.text('note.txt')
      found.verified = (await own.verify()).ok
      await using remote = await openArchive(new HttpSource('/archive.tgz'))
      found.paths = []
      for await (const entry of remote.entries()) found.paths.push(entry.path)
      found.part = await new Response(remote.stream('dir/lines.txt', { start: 6, end: 12 })).text()`,
    files: {
      '/archive.tgz': (request, response) => {
        ranges.push(request.headers.range ?? 'none')
        serveRange(target.bytes(), request, response)
      },
    },
  })
  expect(found).toEqual({
    own: 'written in a browser',
    verified: true,
    paths: ['dir', 'dir/lines.txt'],
    part: '\nline ',
  })
  expect(ranges).toEqual(['bytes=-65536'])
})
