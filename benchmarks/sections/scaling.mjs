/** Ten thousand, a hundred thousand and a million entries: neither time nor memory of an entry may rise. */
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../measure/interleave.mjs'
import { quote, runShell } from '../measure/run-shell.mjs'
import { PEAK_LIMIT_BYTES } from '../measure/targets.mjs'
import { ISPTAR } from '../peers/programs.mjs'

const COUNTS = [10_000, 100_000, 1_000_000]
const FOLDER_FILES = 500
/** Every fourth file has data; the others are empty. */
const FULL_EVERY = 4
/** How much more an entry may cost with ten times as many, which is what medians of few runs differ by. */
const TOLERANCE = 1.15

/** The section: `run(bench)` gives { corpus, results, targets }. */
export const SCALING_SECTION = { title: 'Scaling', takesCorpus: false, run: scaling }

async function scaling(bench) {
  const counts = bench.quick ? COUNTS.slice(0, 2).map((count) => count / 10) : COUNTS
  const results = []
  for (const count of counts) results.push(...(await measureCount(bench, count)))
  const targets = results.flatMap((result) => {
    const before = results.find(({ job, count }) => job === result.job && count * 10 === result.count)
    const peak = { of: result.name, metric: 'peakBytes', atMost: PEAK_LIMIT_BYTES }
    if (before === undefined) return [peak]
    return [{ of: result.name, metric: 'perEntry', times: TOLERANCE, against: before.name }, peak]
  })
  return { corpus: { what: 'Files of which three in four are empty, 500 in a folder' }, results, targets }
}

async function measureCount(bench, count) {
  const tree = join(bench.cache, `scaling-${count}`)
  makeTree(tree, count)
  const archive = bench.scratchPath('scaling.tgz')
  const list = `${ISPTAR} list`
  const path = entryPath(Math.floor(count / 2 / FULL_EVERY) * FULL_EVERY)
  const jobs = [
    ['create', `${ISPTAR} create --force ${quote(archive)} -C ${quote(tree)} .`],
    ['list', `${list} ${quote(archive)} > ${quote(bench.scratchPath('scaling.txt'))}`],
    ['lookup', `${list} ${quote(archive)} ${path} > ${quote(bench.scratchPath('scaling.txt'))}`],
    ['extract one', `${ISPTAR} cat ${quote(archive)} ${path} > ${quote(bench.scratchPath('scaling.txt'))}`],
  ]
  const results = []
  for (const [job, command] of jobs) {
    const { peakBytes } = await runShell(command, { watchMemory: true })
    const times = []
    for (let i = 0; i < bench.rounds; i += 1) times.push((await runShell(command)).seconds)
    const seconds = median(times)
    results.push({
      name: `${job}, ${count}`,
      job,
      count,
      seconds,
      perEntry: seconds / count,
      peakBytes,
    })
    console.error(`  ${job}, ${count}: ${seconds.toFixed(2)} s`)
  }
  rmSync(archive)
  return results
}

const entryPath = (i) => `${Math.floor(i / FOLDER_FILES)}/file-${i}`

/** Kept between runs: a million files take a while to make. */
function makeTree(tree, count) {
  const stamp = `${tree}.made`
  if (existsSync(stamp)) return
  console.error(`  making ${tree}`)
  rmSync(tree, { recursive: true, force: true })
  for (let i = 0; i < count; i += 1) {
    if (i % FOLDER_FILES === 0) mkdirSync(join(tree, String(i / FOLDER_FILES)), { recursive: true })
    const file = openSync(join(tree, entryPath(i)), 'wx')
    if (i % FULL_EVERY === 0) writeSync(file, `entry ${i}\n`.repeat(1 + (i % 40)))
    closeSync(file)
  }
  writeFileSync(stamp, '')
}
