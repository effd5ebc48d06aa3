/**
 * Peak memory and time of chains on many small files: full, differential, flattened, merged. Each job is a process of its
 * own; its peak resident memory must stay under 250 MiB. Exits 1 when one does not.
 *
 * Run `npm run build` first, then `node benchmarks/chain.mjs [SCRATCH_FOLDER]` (2 GiB free; a few minutes).
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeasuredJobs } from './measured-jobs.mjs'

const MiB = 1024 * 1024
const FOLDERS = 400
const FILES = 500

const scratch = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'isptar-chain-'))
const jobs = new MeasuredJobs(scratch, 250 * MiB)
const at = (name) => join(scratch, name)
try {
  for (let d = 0; d < FOLDERS; d += 1) {
    mkdirSync(at(`t/d${d}`), { recursive: true })
    for (let f = 0; f < FILES; f += 1)
      writeFileSync(at(`t/d${d}/file-${f}`), `content ${d} ${f}\n`.repeat((f % 20) + 1))
  }
  console.log(`${FOLDERS * FILES} files`)
  jobs.run('create', ['create', '-C', scratch, at('full.tgz'), 't'])
  jobs.run('create --base, nothing changed', ['create', '-C', scratch, at('diff.tgz'), 't', '--base', at('full.tgz')])
  jobs.run('diff with the folder', [
    'diff',
    at('diff.tgz'),
    scratch,
    '--exclude',
    '*.tgz',
    '--exclude',
    '/peak',
    '--exclude',
    '/out',
  ])
  jobs.run('verify the differential', ['verify', at('diff.tgz')])
  jobs.run('flatten', ['flatten', at('diff.tgz'), at('flat.tgz')])
  jobs.run('merge', ['merge', at('merged.tgz'), at('full.tgz'), at('diff.tgz')])
  for (const name of ['full.tgz', 'diff.tgz', 'flat.tgz'])
    console.log(`${name} ${(statSync(at(name)).size / MiB).toFixed(1)} MiB`)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = jobs.failed > 0 ? 1 : 0
