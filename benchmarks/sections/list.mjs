/** Listing 80,000 entries. */
import { interleave } from '../measure/interleave.mjs'
import { quote } from '../measure/run-shell.mjs'
import { memoryTargets } from '../measure/targets.mjs'
import { available, ISPTAR, NODE_ALONE, script } from '../peers/programs.mjs'
import { archivesOf, jobsOn } from './archives.mjs'
import { checkListing, checkPaths } from './checks.mjs'

const UNZIP = 'unzip -l'
const TAR = 'tar tzf'

/** The section: `run(bench)` gives { corpus, reference, results, targets }. */
export const LIST_SECTION = { title: 'List', takesCorpus: true, run: list }

async function list(bench) {
  const corpus = bench.corpus('many')
  const archives = await archivesOf(corpus, bench.groups)
  const output = bench.scratchPath('listing')
  const onArchive = jobsOn(archives, { output, check: () => checkListing(output, corpus) })
  const check = () => (corpus.name === 'real' ? checkListing : checkPaths)(output, corpus)
  const job = (name, key, command, needs) =>
    onArchive(name, key, (archive) => `${command.replace('ARCHIVE', () => archive)} > ${quote(output)}`, needs)
  const jobs = [
    ...job('isptar list', 'isptar', `${ISPTAR} list ARCHIVE`, { check }),
    ...job('isptar list -l', 'isptar', `${ISPTAR} list -l ARCHIVE`),
    ...job('isptar list, of groups', 'isptarGroups', `${ISPTAR} list ARCHIVE`, { check }),
    { name: 'node, empty', command: NODE_ALONE },
    ...job(UNZIP, 'zip', 'unzip -l ARCHIVE', { programs: ['unzip'] }),
    ...job('zipinfo -1', 'zip', 'zipinfo -1 ARCHIVE', { programs: ['zipinfo'] }),
    ...job('unsquashfs -l', 'squashfs', 'unsquashfs -l ARCHIVE'),
    ...job('dar -l', 'dar', 'dar -l ARCHIVE -Q'),
    ...job(TAR, 'tarPigz', 'tar -tzf ARCHIVE'),
    ...job('bsdtar tzf', 'tarPigz', 'bsdtar -tzf ARCHIVE', { programs: ['bsdtar'] }),
    ...job('node-tar', 'tarPigz', `${script('node-tar.mjs')} list ARCHIVE`, { packages: ['tar'] }),
    ...job('yauzl', 'zip', `${script('yauzl.mjs')} list ARCHIVE`, { packages: ['yauzl'] }),
  ]
  const results = await interleave(available(jobs), bench.rounds, new Set())
  const targets = [
    { of: 'isptar list', metric: 'seconds', times: 1, against: UNZIP },
    { of: 'isptar list', metric: 'seconds', times: 0.05, against: TAR },
    ...memoryTargets(results),
  ]
  return { corpus, reference: UNZIP, results, targets }
}
