/** Gives a corpus, made when the folder of corpora does not have it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CORPORA } from './corpora.mjs'
import { Random } from './random.mjs'
import { TreeWriter } from './tree-writer.mjs'

/** What the corpora depend on: the text of this folder. A change of it makes them anew. */
const GENERATOR = createHash('sha256')
for (const name of readdirSync(import.meta.dirname).sort())
  GENERATOR.update(readFileSync(join(import.meta.dirname, name)))
const VERSION = GENERATOR.digest('hex').slice(0, 16)

/**
 * Gives { name, what, tree, folder, entries, bytes }: `tree` is the folder of the corpus, `folder` the one around it,
 * `entries` counts files and folders without the topmost, `bytes` their data.
 *
 * @param cache - folder that keeps corpora between runs
 * @param name - a key of CORPORA
 * @param scale - part of the full size, above 0 and at most 1
 */
export function ensureCorpus(cache, name, scale) {
  const corpus = CORPORA[name]
  if (corpus === undefined) throw new Error(`no corpus ${name}: there are ${Object.keys(CORPORA).join(', ')}`)
  const folder = join(cache, `${name}-${scale}`)
  const stampFile = join(folder, 'stamp.json')
  const facts = { name, folder, tree: join(folder, 'tree') }
  if (existsSync(stampFile)) {
    const stamp = JSON.parse(readFileSync(stampFile, 'utf8'))
    if (stamp.version === VERSION) return { ...facts, ...stamp, what: describe(corpus, stamp) }
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const tree = new TreeWriter(facts.tree, new Random(`times of ${name}`))
  corpus.write(tree, scale)
  const stamp = { version: VERSION, entries: tree.entries, bytes: tree.bytes }
  writeFileSync(`${stampFile}.new`, JSON.stringify(stamp))
  renameSync(`${stampFile}.new`, stampFile)
  return { ...facts, ...stamp, what: describe(corpus, stamp) }
}

function describe({ what }, { entries, bytes }) {
  return `${what}, ${entries.toLocaleString('en')} entries, ${(bytes / 1e6).toFixed(0)} MB`
}
