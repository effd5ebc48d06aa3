/** Packing a tree. */
import { interleave } from '../measure/interleave.mjs'
import { memoryTargets } from '../measure/targets.mjs'
import { available } from '../peers/programs.mjs'
import { packersOf, TAR_PIGZ } from './packers.mjs'

const ISPTAR_JOBS = ['isptar', 'isptarNoDigest', 'isptarGroups']
const ALL = [
  ...ISPTAR_JOBS,
  'tarPigz',
  'tarGzip',
  'bsdtar',
  'zip',
  'dar',
  'squashfs',
  'bgzip',
  'nodeTar',
  'archiver',
  'modernTar',
]

const faster = (of, times, against = TAR_PIGZ) => ({ of, metric: 'seconds', times, against })
const smaller = (of, times) => ({ of, metric: 'sizeBytes', times, against: TAR_PIGZ })

/** By section: its corpus, how many rounds, who takes part, and what is aimed at. */
const SECTIONS = {
  'create-source': {
    corpus: 'source',
    packers: ALL,
    targets: [
      faster('isptar', 0.85),
      faster('isptar', 0.35, 'node-tar'),
      smaller('isptar', 1.2),
      smaller('isptar --digest none', 1.18),
    ],
  },
  'create-mixed': { corpus: 'mixed', rounds: 3, packers: ALL, targets: [faster('isptar', 0.9)] },
  'create-dump': {
    corpus: 'dump',
    rounds: 3,
    packers: [...ISPTAR_JOBS, 'tarPigz', 'tarGzip', 'bgzip', 'squashfs', 'dar', 'nodeTar'],
    targets: [faster('isptar', 0.9)],
  },
  'create-tiny': {
    corpus: 'tiny',
    rounds: 3,
    packers: ALL,
    targets: [faster('isptar', 0.9), faster('isptar --group 64K', 0.65), smaller('isptar --group 64K', 1.1)],
  },
}

/** Sections by name: `run(bench)` gives { corpus, reference, results, targets }. */
export const CREATE_SECTIONS = Object.fromEntries(
  Object.entries(SECTIONS).map(([name, section]) => [
    name,
    {
      title: `Create, ${section.corpus}`,
      takesCorpus: section.corpus === 'source',
      rounds: section.rounds,
      run: (bench) => create(bench, section),
    },
  ]),
)

async function create(bench, { corpus: corpusName, packers, targets }) {
  const corpus = bench.corpus(corpusName)
  const all = packersOf(corpus, bench.scratchPath)
  const wanted = packers.filter((key) => key !== 'isptarGroups' || bench.groups)
  const jobs = available(wanted.map((key) => all[key]))
  const keep = new Set(['isptar', 'isptar --group 64K', TAR_PIGZ])
  const results = await interleave(jobs, bench.rounds, keep)
  return { corpus, reference: TAR_PIGZ, results, targets: [...targets, ...memoryTargets(results)] }
}
