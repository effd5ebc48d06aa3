// Proves that the lint rules of the house bite: a tree of small offences, one a file, each of which must be reported
// under its rule, and a few lawful files, which must pass.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bin, root } from './lib.mjs'

const library = 'packages/isptar/src'
const imports = (specifier) => `export { x } from '${specifier}'\n`

const offences = [
  [`${library}/errors.ts`, imports('./io/x.ts'), 'no-restricted-imports'],
  [`${library}/bytes/up.ts`, imports('../tar/x.ts'), 'no-restricted-imports'],
  [`${library}/bytes/node-api.ts`, imports('node:fs'), 'no-restricted-imports'],
  [`${library}/io/sibling.ts`, imports('../gzip/x.ts'), 'no-restricted-imports'],
  [`${library}/io/deeper/sibling.ts`, imports('../../tar/x.ts'), 'no-restricted-imports'],
  [`${library}/io/type-only.ts`, "export type { X } from '../tail/x.ts'\n", 'no-restricted-imports'],
  [`${library}/gzip/sibling.ts`, imports('../tar/x.ts'), 'no-restricted-imports'],
  [`${library}/tar/sibling.ts`, imports('../io/x.ts'), 'no-restricted-imports'],
  [`${library}/tail/up.ts`, imports('../read/x.ts'), 'no-restricted-imports'],
  [`${library}/read/sibling.ts`, imports('../write/x.ts'), 'no-restricted-imports'],
  [`${library}/write/sibling.ts`, imports('../read/x.ts'), 'no-restricted-imports'],
  [`${library}/extract/sibling.ts`, imports('../read/x.ts'), 'no-restricted-imports'],
  [`${library}/extract/up.ts`, imports('../node/x.ts'), 'no-restricted-imports'],
  [`${library}/read/above.ts`, imports('../chain/x.ts'), 'no-restricted-imports'],
  [`${library}/chain/up.ts`, imports('../node/x.ts'), 'no-restricted-imports'],
  [`${library}/bytes/above.ts`, imports('../pipe/x.ts'), 'no-restricted-imports'],
  [`${library}/io/above.ts`, imports('../pipe/x.ts'), 'no-restricted-imports'],
  [`${library}/gzip/above.ts`, imports('../pipe/x.ts'), 'no-restricted-imports'],
  [`${library}/tar/above.ts`, imports('../pipe/x.ts'), 'no-restricted-imports'],
  [`${library}/tail/above.ts`, imports('../pipe/x.ts'), 'no-restricted-imports'],
  [`${library}/read/beyond.ts`, imports('../pipe/x.ts'), 'no-restricted-imports'],
  [`${library}/write/above.ts`, imports('../pipe/x.ts'), 'no-restricted-imports'],
  [`${library}/extract/above.ts`, imports('../pipe/x.ts'), 'no-restricted-imports'],
  [`${library}/chain/above.ts`, imports('../pipe/x.ts'), 'no-restricted-imports'],
  [`${library}/pipe/up.ts`, imports('../node/x.ts'), 'no-restricted-imports'],
  [`${library}/worker/sibling.ts`, imports('../chain/x.ts'), 'no-restricted-imports'],
  [`${library}/worker/up.ts`, imports('../node/x.ts'), 'no-restricted-imports'],
  ...['bytes', 'io', 'gzip', 'tar', 'tail', 'read', 'write', 'extract', 'chain', 'pipe'].map((layer) => [
    `${library}/${layer}/to-worker.ts`,
    imports('../worker/x.ts'),
    'no-restricted-imports',
  ]),
  [`${library}/read/up.ts`, imports('../index.ts'), 'no-restricted-imports'],
  [`${library}/index.ts`, imports('./node/x.ts'), 'no-restricted-imports'],
  ...[
    ['contract/up.ts', '../engine/x.ts'],
    ['text/library.ts', 'isptar'],
    ['theme/up.ts', '../views/x.ts'],
    ['engine/up.ts', '../session/x.ts'],
    ['engine/drawing.ts', 'lit'],
    ['engine/node-api.ts', 'isptar/node'],
    ['session/engine.ts', '../engine/x.ts'],
    ['session/start-engine.ts', '../views/x.ts'],
    ['views/engine.ts', '../engine/x.ts'],
    ['views/up.ts', '../element/x.ts'],
    ['element/library.ts', 'isptar'],
    ['page.ts', './engine/x.ts'],
  ].map(([path, specifier]) => [`packages/inspector/src/${path}`, imports(specifier), 'no-restricted-imports']),
  ['packages/cli/src/behind.ts', imports('isptar/src/x.ts'), 'no-restricted-imports'],
  ['packages/cli/src/sideways.ts', imports('../../isptar/src/x.ts'), 'no-restricted-imports'],
  [`${library}/tar/cycle-a.ts`, "import { b } from './cycle-b.ts'\nexport const a = (): unknown => b\n", 'no-cycle'],
  [`${library}/tar/cycle-b.ts`, "import { a } from './cycle-a.ts'\nexport const b = (): unknown => a\n", 'no-cycle'],
  [`${library}/tar/default.ts`, 'export default 1\n', 'no-default-export'],
  [`${library}/tar/any.ts`, 'export const x = (y: any): unknown => y\n', 'no-explicit-any'],
  [`${library}/tar/bang.ts`, 'export const x = (y?: string): string => y!\n', 'no-non-null-assertion'],
  [`${library}/tar/long.ts`, `${'export {}\n'.repeat(401)}`, 'max-lines'],
  [
    `${library}/tar/long-function.ts`,
    `export function f(): void {\n${'  f()\n'.repeat(61)}}\n`,
    'max-lines-per-function',
  ],
  [`${library}/tar/floating.ts`, 'export const f = async (): Promise<void> => {}\nf()\n', 'no-floating-promises'],
  ['packages/isptar/test/idle.test.ts', "import { test } from 'vitest'\ntest('x', () => {})\n", 'expect-expect'],
]

const lawful = [
  [`${library}/tail/down.ts`, imports('../gzip/x.ts')],
  [`${library}/read/down.ts`, imports('../tail/x.ts') + imports('../tar/x.ts').replace('x }', 'x as y }')],
  [`${library}/worker/down.ts`, imports('../read/x.ts')],
  [`${library}/node/down.ts`, imports('../write/x.ts') + "export { readFile } from 'node:fs/promises'\n"],
  ['packages/cli/src/front.ts', imports('isptar') + "export { y } from 'isptar/node'\n"],
]

const folder = mkdtempSync(join(tmpdir(), 'isptar-lint-'))
try {
  cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  const compilerOptions = { strict: true, target: 'es2023', module: 'nodenext', noEmit: true, types: [] }
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['packages'] }))
  for (const [path, text] of [...offences, ...lawful]) write(path, text)

  const { stdout, stderr } = spawnSync(process.execPath, [bin('oxlint'), '--type-aware', '--format=json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
  })
  const reports = parse(stdout, stderr)
  const misses = [
    ...offences
      .filter(([path, , rule]) => !reports.some((r) => r.filename === path && r.code.includes(`(${rule})`)))
      .map(([path, , rule]) => `not reported: ${rule} in ${path}`),
    ...lawful
      .flatMap(([path]) => reports.filter((r) => r.filename === path))
      .map((r) => `reported although lawful: ${r.code} in ${r.filename}`),
  ]
  for (const miss of misses) console.error(miss)
  console.log(`${offences.length} offences and ${lawful.length} lawful files, ${misses.length} judged wrong`)
  process.exitCode = misses.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}

function write(path, text) {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function parse(stdout, stderr) {
  try {
    return JSON.parse(stdout).diagnostics
  } catch {
    throw new Error(`oxlint gave no report: ${stdout}${stderr}`)
  }
}
