/** How much of an archive of 80,000 entries is read to list it, and to take one file out of it. */
import { openArchive, withCounter } from '../../packages/isptar/dist/index.js'
import { openFile } from '../../packages/isptar/dist/node/index.js'
import { archivesOf } from './archives.mjs'
import { middleFile } from './extract-one.mjs'

const KiB = 1024
const TAIL_GUESS_BYTES = 64 * KiB
const ONE_FILE_BYTES = 256 * KiB

/** The section: `run(bench)` gives { corpus, results, targets }. */
export const BYTES_READ_SECTION = { title: 'Bytes read', takesCorpus: true, run: bytesRead }

async function bytesRead(bench) {
  const corpus = bench.corpus('many')
  const { isptar: file } = await archivesOf(corpus, false)
  const path = middleFile(file, corpus.tree)
  const list = await count(file, async (archive) => {
    let entries = 0
    for await (const entry of archive.entries()) entries += entry.path === '' ? 0 : 1
    if (entries !== corpus.entries) throw new Error(`${file} lists ${entries} entries, expected ${corpus.entries}`)
    return archive.sizeBytes - archive.tail.listingOffset
  })
  const one = await count(file, async (archive) => {
    const entry = await archive.get(path)
    await archive.bytes(entry)
    return entry.packedBytes
  })
  const results = [
    { name: 'isptar list', ...list.facts },
    { name: 'isptar extract', ...one.facts },
    { name: 'tail and listing', readBytes: list.found },
  ]
  const targets = [
    { of: 'isptar list', metric: 'readBytes', times: 1, against: 'tail and listing', plus: TAIL_GUESS_BYTES },
    { of: 'isptar extract', metric: 'readBytes', atMost: ONE_FILE_BYTES + (one.found ?? 0) },
  ]
  return { corpus, results, targets }
}

/** Opens a file, does something with the archive, and tells what was read. */
async function count(file, use) {
  const source = withCounter(await openFile(file))
  const archive = await openArchive(source)
  const found = await use(archive)
  const facts = { readBytes: source.bytes, requests: source.requests }
  await archive.close()
  return { found, facts }
}
