/** Ten thousand, a hundred thousand and a million entries: neither time nor memory of an entry may rise. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../measure/interleave.mjs'
import { quote, runShell } from '../measure/run-shell.mjs'
import { PEAK_LIMIT_BYTES } from '../measure/targets.mjs'
import { ISPTAR, script } from '../peers/programs.mjs'

const COUNTS = [10_000, 100_000, 1_000_000]
const FOLDER_FILES = 500
/** Every fourth file has data; the others are empty. */
const FULL_EVERY = 4
/** How much more an entry may cost with ten times as many, which is what medians of few runs differ by. */
const TOLERANCE = 1.15

/** The section: `run(bench)` gives { corpus, results, targets }. */
export const SCALING_SECTION = { title: 'Scaling', takesCorpus: false, rounds: 3, run: scaling }

async function scaling(bench) {
  const counts = bench.quick ? COUNTS.slice(0, 2).map((count) => count / 10) : COUNTS
  const results = []
  for (const count of counts) results.push(...(await measureCount(bench, count)))
  const targets = results.flatMap((result) => {
    const before = results.find(({ job, count }) => job === result.job && count * 10 === result.count)
    if (before === undefined) return []
    const bound = { of: result.name, times: TOLERANCE, against: before.name }
    return [
      { ...bound, metric: 'perEntry' },
      { ...bound, metric: 'peakPerEntry' },
    ]
  })
  const most = results.filter(({ count }) => count === counts.at(-1))
  targets.push(...most.map(({ name }) => ({ of: name, metric: 'peakBytes', atMost: PEAK_LIMIT_BYTES })))
  return { corpus: { what: 'Files of which three in four are empty, 500 in a folder' }, results, targets }
}

async function measureCount(bench, count) {
  const tree = join(bench.cache, `scaling-${count}`)
  makeTree(tree, count)
  const archive = bench.scratchPath('scaling.tgz')
  const said = bench.scratchPath('scaling.txt')
  const entry = Math.floor(count / 2 / FULL_EVERY) * FULL_EVERY
  const path = entryPath(entry)
  const read = (command, ...args) => `${command} ${[archive, ...args].map(quote).join(' ')} > ${quote(said)}`
  const jobs = [
    ['create', `${ISPTAR} create --force ${quote(archive)} -C ${quote(tree)} .`],
    ['list', read(`${ISPTAR} list`), () => readFileSync(said, 'utf8').split('\n').length - 1, count + folders(count)],
    ['lookup', read(script('isptar-lookup.mjs'), path), () => readFileSync(said, 'utf8'), `${path}\n`],
    ['extract one', read(`${ISPTAR} cat`, path), () => readFileSync(said, 'utf8'), content(entry)],
  ]
  const results = []
  for (const [job, command, result, expected] of jobs) {
    results.push({ ...(await measureJob(bench, `${job}, ${count}`, command, count)), job, count })
    if (result?.() !== expected) throw new Error(`${command} gave ${result()}, expected ${expected}`)
  }
  rmSync(archive)
  return results
}

async function measureJob(bench, name, command, count) {
  const { peakBytes } = await runShell(command, { watchMemory: true })
  const times = []
  for (let i = 0; i < bench.rounds; i += 1) times.push((await runShell(command)).seconds)
  const seconds = median(times)
  console.error(`  ${name}: ${seconds.toFixed(2)} s`)
  const perEntry = seconds / count
  return { name, seconds, perEntry, peakBytes, peakPerEntry: peakBytes === undefined ? undefined : peakBytes / count }
}

const folders = (count) => Math.ceil(count / FOLDER_FILES)
const content = (i) => `entry ${i}\n`.repeat(1 + (i % 40))
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
    if (i % FULL_EVERY === 0) writeSync(file, content(i))
    closeSync(file)
  }
  writeFileSync(stamp, '')
}
