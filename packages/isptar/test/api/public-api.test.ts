/**
 * The public surface, by name and kind: a change of it shows in a diff of `public-api.txt` and is made on purpose.
 * Run with `-u` to write it anew.
 */
import { readFileSync } from 'node:fs'
import * as universal from 'isptar'
import * as node from 'isptar/node'
import { expect, it } from 'vitest'

const readSource = (name: string): string => readFileSync(new URL(`../../src/${name}`, import.meta.url), 'utf8')

/** What the entry point exports at run time, a line an export; classes with their members. */
function describeValues(exports: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(exports).map(([name, value]) => {
    if (typeof value !== 'function') return `${typeof value} ${name}`
    if (!String(value).startsWith('class')) return `function ${name} of ${value.length}`
    const own = membersOf(value.prototype).filter((member) => member !== 'constructor')
    return `class ${name} { ${own.join(', ')} }`
  })
}

function membersOf(prototype: object): string[] {
  return Reflect.ownKeys(prototype)
    .map((key) => (key === Symbol.asyncDispose ? '[Symbol.asyncDispose]' : String(key)))
    .sort()
}

/** The names that exist for the compiler only. */
function describeTypes(source: string): string[] {
  const statements = source.match(/^export [^;]*? from '[^']+'$/gms) ?? []
  return statements.flatMap((statement) => {
    const names = (/\{([^}]*)\}/.exec(statement)?.[1] ?? '').split(',').map((name) => name.trim())
    const all = statement.startsWith('export type')
    return names.filter((name) => all || name.startsWith('type ')).map((name) => `type ${name.replace(/^type /, '')}`)
  })
}

it('is what it was', async () => {
  const lines = [
    '# isptar',
    ...[...describeValues(universal), ...describeTypes(readSource('index.ts'))]
      .filter((line) => line !== 'type ')
      .sort(),
    '',
    '# isptar/node',
    ...[...describeValues(node), ...describeTypes(readSource('node/index.ts'))]
      .filter((line) => line !== 'type ')
      .sort(),
    '',
  ]
  await expect(lines.join('\n')).toMatchFileSnapshot('./public-api.txt')
})

it('exports nothing but by name', () => {
  for (const name of ['index.ts', 'node/index.ts']) expect(readSource(name)).not.toMatch(/export (\*|default)/)
})

it('says the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(universal.VERSION).toBe(manifest.version)
})
