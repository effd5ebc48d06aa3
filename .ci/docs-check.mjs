// Sees that every name the library exports is described: follows the re-exports of the entry points through the emitted
// declarations to where each name is declared, and asks for a docstring right before it.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './lib.mjs'

const entryPoints = ['packages/isptar/dist/index.d.ts', 'packages/isptar/dist/node/index.d.ts']
const declaration = (name) =>
  new RegExp(
    `(\\*/\\s*)?^export (?:declare )?(?:abstract )?(?:class|function|const|let|interface|type|namespace) ${name}\\b`,
    'm',
  )

const names = new Map(entryPoints.flatMap((path) => exportsOf(join(root, path))))
const bare = [...names.values()].filter(({ described }) => !described)
for (const { name, file } of bare) console.error(`${relative(root, file)}: ${name} has no docstring`)
console.log(`${names.size} exported names, ${bare.length} without a docstring`)
process.exitCode = names.size > 0 && bare.length === 0 ? 0 : 1

/** Gives [key, { name, file, described }] of every name a declaration file exports, found where it is declared. */
function exportsOf(file) {
  const text = read(file)
  const found = []
  for (const [, list, from] of text.matchAll(/^export (?:type )?\{([^}]*)\}(?: from ['"]([^'"]+)['"])?/gm)) {
    for (const item of list.split(',')) {
      const name = item
        .trim()
        .replace(/^type /, '')
        .split(' as ')[0]
      if (name !== '') found.push(entryOf(name, from === undefined ? file : resolve(file, from)))
    }
  }
  for (const [, from] of text.matchAll(/^export \* from ['"]([^'"]+)['"]/gm))
    found.push(...exportsOf(resolve(file, from)))
  for (const [, name] of text.matchAll(/^export declare (?:abstract )?(?:class|function|const) (\w+)/gm)) {
    found.push(entryOf(name, file))
  }
  return found
}

function entryOf(name, file) {
  const text = read(file)
  const match = declaration(name).exec(text)
  if (match !== null) return [`${file} ${name}`, { name, file, described: match[1] !== undefined }]
  const onward = exportsOf(file).find(([, entry]) => entry.name === name)
  return onward ?? [`${file} ${name}`, { name, file, described: false }]
}

function resolve(file, specifier) {
  const [library] = entryPoints.map((path) => join(root, path.replace(/\/dist\/.*/, '')))
  if (specifier.startsWith('#')) return declarationOf(join(library, readImports(library)[specifier].default))
  return declarationOf(join(dirname(file), specifier))
}

function readImports(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).imports
}

function declarationOf(file) {
  return file.replace(/\.[jt]s$/, '.d.ts')
}

function read(file) {
  if (!existsSync(file)) throw new Error(`${relative(root, file)} is not there: build first`)
  return readFileSync(file, 'utf8')
}
