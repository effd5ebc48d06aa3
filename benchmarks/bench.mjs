/**
 * Measures the command beside other programs, holds it against the targets and writes the tables of this folder's README.
 * `pnpm bench` builds first. See `node benchmarks/bench.mjs --help`.
 */
import { execSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureCorpus } from './corpora/ensure-corpus.mjs'
import { realCorpus } from './corpora/real-corpus.mjs'
import { sectionText, writeSection } from './measure/report.mjs'
import { judge } from './measure/targets.mjs'
import { ISPTAR, knowsGroups } from './peers/programs.mjs'
import { BYTES_READ_SECTION } from './sections/bytes-read.mjs'
import { CREATE_SECTIONS } from './sections/create.mjs'
import { EXTRACT_ALL_SECTION } from './sections/extract-all.mjs'
import { EXTRACT_ONE_SECTION } from './sections/extract-one.mjs'
import { LIST_SECTION } from './sections/list.mjs'
import { SCALING_SECTION } from './sections/scaling.mjs'

const SECTIONS = {
  ...CREATE_SECTIONS,
  list: LIST_SECTION,
  'extract-one': EXTRACT_ONE_SECTION,
  'extract-all': EXTRACT_ALL_SECTION,
  'bytes-read': BYTES_READ_SECTION,
  scaling: SCALING_SECTION,
}
const QUICK_SCALE = 0.1
const HELP = `Usage: node benchmarks/bench.mjs [options]

  --only <names>    only these of ${Object.keys(SECTIONS).join(', ')}
  --scaling         only the scaling run, which is not part of a run of all
  --rounds <n>      timed runs of each job (default: 5, of large corpora 3, with --quick 1)
  --quick           corpora of a tenth, where start-up weighs more than at full size:
                    targets do not count, and nothing is written to the README
  --corpus <path>   measure with this tree; nothing is written to the README
  --cache <path>    keep corpora here (default: $ISPTAR_BENCH_CACHE, or isptar-bench in the system's temporary folder;
                    8 GB, and 10 GB more for --scaling)
`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scaling: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    corpus: { type: 'string' },
    cache: { type: 'string', default: process.env['ISPTAR_BENCH_CACHE'] ?? join(tmpdir(), 'isptar-bench') },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(HELP)
else process.exitCode = await main()

/** Gives the exit code: 1 when a target was missed at full size. A wrong result throws. */
async function main() {
  const names = chosen()
  const bench = openBench()
  const verdicts = []
  try {
    for (const name of names) {
      console.error(`${name}: `)
      const rounds = bench.rounds ?? SECTIONS[name].rounds ?? 5
      const outcome = await SECTIONS[name].run({ ...bench, rounds })
      const judged = judge(outcome.results, outcome.targets)
      verdicts.push(...judged.map((verdict) => ({ ...verdict, name })))
      const lines = sectionText({ ...outcome, verdicts: judged, rounds })
      console.log(`\n## ${SECTIONS[name].title}\n\n${lines.join('\n')}\n`)
      if (!values.quick && values.corpus === undefined) writeSection(name, lines)
    }
  } finally {
    bench.close()
  }
  const missed = verdicts.filter(({ met }) => !met)
  console.log(`${verdicts.length - missed.length} of ${verdicts.length} targets met`)
  for (const { name, text, value, verdict } of missed) console.log(`  ${name}: ${text}: ${value}, ${verdict}`)
  return missed.length === 0 || values.quick ? 0 : 1
}

function chosen() {
  if (values.scaling) return ['scaling']
  const names = values.only?.split(',') ?? Object.keys(SECTIONS).filter((name) => name !== 'scaling')
  for (const name of names) {
    if (SECTIONS[name] === undefined)
      throw new Error(`no section ${name}: there are ${Object.keys(SECTIONS).join(', ')}`)
  }
  return values.corpus === undefined ? names : names.filter((name) => SECTIONS[name].takesCorpus)
}

/** What sections share: corpora, places for outputs, the number of rounds. */
function openBench() {
  const cache = resolve(values.cache)
  mkdirSync(cache, { recursive: true })
  const scratch = mkdtempSync(join(cache, 'scratch-'))
  const memory = isFolder('/dev/shm') ? mkdtempSync('/dev/shm/isptar-bench-') : scratch
  const scale = values.quick ? QUICK_SCALE : 1
  const wanted = values.rounds ?? (values.quick ? '1' : undefined)
  const rounds = wanted === undefined ? undefined : Number(wanted)
  if (rounds !== undefined && !(Number.isSafeInteger(rounds) && rounds >= 1))
    throw new Error(`--rounds ${values.rounds}: expected 1 or more`)
  return {
    cache,
    rounds,
    quick: values.quick,
    groups: knowsGroups(execSync(`${ISPTAR} create --help`, { encoding: 'utf8' })),
    corpus: (name) =>
      values.corpus === undefined ? ensureCorpus(cache, name, scale) : realCorpus(cache, resolve(values.corpus)),
    scratchPath: (name) => join(scratch, name),
    memoryPath: (name) => join(memory, name),
    close() {
      for (const folder of [scratch, memory]) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
