/** Taking one file out of the middle of an archive of 80,000 entries. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { interleave } from '../measure/interleave.mjs'
import { quote } from '../measure/run-shell.mjs'
import { memoryTargets } from '../measure/targets.mjs'
import { available, ISPTAR, NODE_ALONE, script } from '../peers/programs.mjs'
import { archivesOf, jobsOn } from './archives.mjs'
import { checkFile } from './checks.mjs'

const TAR = 'tar xzf'
const NODE = 'node, empty'
const START_UP_SECONDS = 0.06

/** The section: `run(bench)` gives { corpus, reference, results, targets }. */
export const EXTRACT_ONE_SECTION = { title: 'Extract one from the middle', takesCorpus: true, run: extractOne }

async function extractOne(bench) {
  const corpus = bench.corpus('many')
  const archives = await archivesOf(corpus, bench.groups)
  const path = middleFile(archives.isptar, corpus.tree)
  const results = await interleave(available(jobsOf(bench, corpus, archives, path)), bench.rounds, new Set([TAR]))
  const targets = [
    { of: 'isptar extract', metric: 'seconds', times: 1, against: NODE, plus: START_UP_SECONDS },
    { of: 'isptar extract', metric: 'seconds', times: 0.05, against: TAR },
    ...memoryTargets(results),
  ]
  return { corpus, reference: TAR, results, targets }
}

function jobsOf(bench, corpus, archives, path) {
  const output = bench.scratchPath('one')
  const out = quote(output)
  const entry = quote(path)
  const dotted = quote(`./${path}`)
  const check = (extracted) => () => checkFile(join(output, extracted), join(corpus.tree, path))
  const job = jobsOn(archives, { output, prepare: () => mkdirSync(output), check: check(path) })
  const isptar = (archive) => `${ISPTAR} extract ${archive} -C ${out} ${entry}`
  return [
    ...job('isptar extract', 'isptar', isptar),
    ...job('isptar cat', 'isptar', (archive) => `${ISPTAR} cat ${archive} ${entry} > ${out}/one`, {
      check: check('one'),
    }),
    ...job('isptar extract, of groups', 'isptarGroups', isptar),
    { name: NODE, command: NODE_ALONE },
    ...job(TAR, 'tarPigz', (archive) => `tar -xzf ${archive} -C ${out} ${dotted}`),
    ...job('bsdtar xzf', 'tarPigz', (archive) => `bsdtar -xzf ${archive} -C ${out} ${dotted}`, {
      programs: ['bsdtar'],
    }),
    ...job('unzip', 'zip', (archive) => `unzip -q ${archive} ${entry} -d ${out}`, { programs: ['unzip'] }),
    ...job('dar -x', 'dar', (archive) => `dar -q -Q -x ${archive} -R ${out} -g ${entry}`),
    ...job('unsquashfs', 'squashfs', (archive) => `unsquashfs -n -q -f -d ${out} ${archive} ${entry}`),
    ...job('node-tar', 'tarPigz', (archive) => `${script('node-tar.mjs')} extract ${archive} ${out} ${dotted}`, {
      packages: ['tar'],
    }),
    ...job('yauzl', 'zip', (archive) => `${script('yauzl.mjs')} extract ${archive} ${out}/one ${entry}`, {
      packages: ['yauzl'],
      check: check('one'),
    }),
  ]
}

/** The file nearest to the middle of the listing that has 2 to 64 KB. */
export function middleFile(archive, tree) {
  const command = `${ISPTAR} list ${quote(archive)}`
  const paths = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8', maxBuffer: 1 << 30 })
    .trimEnd()
    .split('\n')
  const half = paths.length >> 1
  for (const path of [...paths.slice(half), ...paths.slice(0, half)]) {
    const stat = statSync(join(tree, path))
    if (stat.isFile() && stat.size >= 2000 && stat.size <= 64_000) return path
  }
  throw new Error(`${archive} has no file of 2 to 64 KB`)
}
