/** Archives that are read: made once by each program from a corpus, and kept beside it until either changes. */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { quote, runShell } from '../measure/run-shell.mjs'
import { available, CLI } from '../peers/programs.mjs'
import { packersOf } from './packers.mjs'

const KEYS = ['isptar', 'tarPigz', 'zip', 'dar', 'squashfs']

/** Gives the paths of a corpus's archives by their packer's key; undefined where the packer is absent. */
export async function archivesOf(corpus, withGroups) {
  const folder = join(corpus.folder, 'archives')
  mkdirSync(folder, { recursive: true })
  const packers = packersOf(corpus, (name) => join(folder, name))
  const paths = {}
  for (const key of withGroups ? [...KEYS, 'isptarGroups'] : KEYS) {
    const [packer] = available([packers[key]])
    if (packer === undefined) continue
    paths[key] = packer.output
    if (isNewer(packer.output, key.startsWith('isptar') ? CLI : corpus.tree)) continue
    console.error(`  making ${packer.output}`)
    rmSync(packer.output, { force: true })
    await runShell(packer.command)
    packer.check()
  }
  return paths
}

/**
 * Gives a function that makes the job of reading one archive, in a list that is empty where the archive is not there.
 *
 * @param archives - what {@link archivesOf} gave
 * @param common - what the jobs share: output, prepare, check
 */
export function jobsOn(archives, common) {
  return (name, key, toCommand, needs = {}) => {
    if (archives[key] === undefined) return []
    const archive = key === 'dar' ? archives.dar.slice(0, -'.1.dar'.length) : archives[key]
    return [{ name, ...common, command: toCommand(quote(archive)), ...needs }]
  }
}

function isNewer(path, origin) {
  return existsSync(path) && statSync(path).mtimeMs > statSync(origin).mtimeMs
}
