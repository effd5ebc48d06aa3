/** Unpacking a whole tree, into memory where there is a tmpfs. */
import { mkdirSync } from 'node:fs'
import { interleave } from '../measure/interleave.mjs'
import { quote } from '../measure/run-shell.mjs'
import { memoryTargets } from '../measure/targets.mjs'
import { available, ISPTAR, script } from '../peers/programs.mjs'
import { archivesOf, jobsOn } from './archives.mjs'
import { checkTree } from './checks.mjs'

const TAR = 'tar xzf'

/** The section: `run(bench)` gives { corpus, reference, results, targets }. */
export const EXTRACT_ALL_SECTION = { title: 'Extract all', takesCorpus: true, run: extractAll }

async function extractAll(bench) {
  const corpus = bench.corpus('source')
  const archives = await archivesOf(corpus, bench.groups)
  const output = bench.memoryPath('tree')
  const out = quote(output)
  const prepare = () => mkdirSync(output)
  const job = jobsOn(archives, { output, prepare, check: () => checkTree(output, corpus) })
  const isptar = (archive) => `${ISPTAR} extract ${archive} -C ${out}`
  const jobs = [
    ...job('isptar extract', 'isptar', isptar),
    ...job('isptar extract, of groups', 'isptarGroups', isptar),
    ...job(TAR, 'tarPigz', (archive) => `tar -xzf ${archive} -C ${out}`),
    ...job('tar, pigz -d', 'tarPigz', (archive) => `tar -I pigz -xf ${archive} -C ${out}`),
    ...job('tar xzf of isptar', 'isptar', (archive) => `tar -xzf ${archive} -C ${out} --exclude=.backup.info`),
    ...job('bsdtar xzf', 'tarPigz', (archive) => `bsdtar -xzf ${archive} -C ${out}`, { programs: ['bsdtar'] }),
    ...job('unzip', 'zip', (archive) => `unzip -q ${archive} -d ${out}`, { programs: ['unzip'] }),
    ...job('dar -x', 'dar', (archive) => `dar -q -Q -x ${archive} -R ${out}`),
    ...job('unsquashfs', 'squashfs', (archive) => `unsquashfs -n -q -f -p 2 -d ${out} ${archive}`),
    ...job('node-tar', 'tarPigz', (archive) => `${script('node-tar.mjs')} extract ${archive} ${out}`, {
      packages: ['tar'],
    }),
    ...job('modern-tar', 'tarPigz', (archive) => `${script('modern-tar.mjs')} extract ${archive} ${out}`, {
      packages: ['modern-tar'],
    }),
  ]
  const results = await interleave(available(jobs), bench.rounds, new Set(['isptar extract', TAR]))
  const targets = [
    { of: 'isptar extract', metric: 'seconds', times: 0.8, against: TAR },
    { of: 'isptar extract', metric: 'seconds', times: 0.1, against: 'node-tar' },
    ...memoryTargets(results),
  ]
  return { corpus, reference: TAR, results, targets }
}
