// Runs every check that is not a test, each once, and says which held. Only what failed prints its output.
// `--report=FILE` writes { passed, failed } there, `npm run check -- lint types` runs only the steps named so.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { bin, capture } from './lib.mjs'
import { packedPackages } from './packed-packages.mjs'
import { setup } from './setup.mjs'

const tsc = (...args) => capture([bin('tsc', 'typescript'), ...args])
const steps = {
  lint: () => capture([bin('oxlint'), '--type-aware', '--deny-warnings']),
  'lint-selftest': () => capture(['.ci/lint-selftest.mjs']),
  format: () => capture([bin('biome', '@biomejs/biome'), 'format', '.']),
  types: () => tsc('-p', 'tsconfig.json'),
  universal: () => tsc('-p', 'packages/isptar/tsconfig.universal.json'),
  unused: () => capture([bin('knip')]),
  docs: () => capture(['.ci/docs-check.mjs']),
  packed: packedPackages,
}

await setup()
const { values, positionals } = parseArgs({ options: { report: { type: 'string' } }, allowPositionals: true })
const counts = { passed: 0, failed: 0 }
for (const [name, step] of Object.entries(steps)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  const { code, output } = await step()
  counts[code === 0 ? 'passed' : 'failed']++
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  if (code !== 0) console.log(output)
}
if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(counts))
console.log(`checks: ${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 ? 0 : 1
