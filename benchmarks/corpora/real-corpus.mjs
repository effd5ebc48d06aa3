/** A tree of the user's own in place of a generated one. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Gives { name, what, tree, folder, entries } as for a generated corpus; the tree is only read. */
export function realCorpus(cache, tree) {
  const entries = readdirSync(tree, { recursive: true }).length
  const folder = join(cache, `real-${createHash('sha256').update(tree).digest('hex').slice(0, 12)}`)
  mkdirSync(folder, { recursive: true })
  return { name: 'real', what: `${tree}, ${entries} entries`, tree, folder, entries }
}
