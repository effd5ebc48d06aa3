// Runs `npm start`, `npm test` and `npm run check` one after another and sums up what passed and what failed.
// A skipped test counts as failed: here everything the tests look for has to be there.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './lib.mjs'

const folder = mkdtempSync(join(tmpdir(), 'isptar-run-'))
try {
  const counts = [await start(), await test(), await check()]
  const passed = counts.reduce((sum, count) => sum + count.passed, 0)
  const failed = counts.reduce((sum, count) => sum + count.failed, 0)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}

async function start() {
  return (await npm('start')) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

async function test() {
  const file = join(folder, 'tests.json')
  const code = await npm('test', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`)
  const report = readReport(file)
  if (report === undefined) return { passed: 0, failed: 1 }
  const skipped = report.numPendingTests + report.numTodoTests
  if (skipped > 0) console.log(`${skipped} tests were skipped, which counts as failed here`)
  const failed = report.numFailedTests + skipped
  // A file that does not load, or an error outside of all tests, shows in the exit code alone.
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed }
}

async function check() {
  const file = join(folder, 'checks.json')
  await npm('run', 'check', '--', `--report=${file}`)
  return readReport(file) ?? { passed: 0, failed: 1 }
}

function npm(command, ...args) {
  const separated = command === 'test' ? ['--', ...args] : args
  return run('npm', ['--silent', command, ...separated])
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
