// Bundles the command into packages/cli/dist: a chunk for each command and some that they share, so that a command loads
// what it needs and no more, and the page of the inspector, for `serve`. Not minified: stack traces lead to readable code.
// Licences of what is bundled go along.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { rolldown } from 'rolldown'
import { root } from './lib.mjs'

const output = join(root, 'packages/cli/dist')
const workers = join(root, 'packages/isptar/src/node')
const inspector = join(root, 'packages/inspector/dist')
const workerScript = /-worker\.ts$/

/** Commander runs programs for commands that it does not know; isptar has none, and loading what runs them takes time. */
const withoutChildProcess = {
  name: 'without-child-process',
  resolveId: (id, importer) =>
    id === 'node:child_process' && /\/commander\//.test(importer) ? '\0nothing' : undefined,
  load: (id) => (id === '\0nothing' ? 'module.exports = {}' : undefined),
}

/** Bundles the command; what an earlier build left is removed at the end. */
export async function bundleCommand() {
  const build = await rolldown({
    input: { main: join(root, 'packages/cli/src/main.ts'), ...workerScripts() },
    platform: 'node',
    // The sources themselves, as tests have them.
    resolve: { conditionNames: ['isptar-source', 'node', 'import'] },
    external: ['koffi'],
    plugins: [withoutChildProcess],
  })
  const { output: files } = await build.write({
    dir: output,
    // Node starts a script some ten milliseconds sooner than a module that imports as much.
    format: 'cjs',
    sourcemap: true,
    minify: false,
    // A fourth of the text, which would be read at each start; source maps have them.
    comments: false,
    // Flat: worker scripts and package.json are found from the place of any chunk.
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  })
  await build.close()
  const others = {
    'package.json': `${JSON.stringify({ type: 'commonjs' })}\n`,
    'licenses.txt': licensesOf(files.flatMap((file) => file.moduleIds ?? [])),
  }
  if (existsSync(join(inspector, 'page/index.html'))) {
    others['inspector.html'] = readFileSync(join(inspector, 'page/index.html'))
    others['licenses.txt'] += `\n${readFileSync(join(inspector, 'licenses.txt'), 'utf8')}`
  }
  for (const [name, text] of Object.entries(others)) writeFileSync(join(output, name), text)
  const written = new Set([...files.map(({ fileName }) => fileName), ...Object.keys(others)])
  for (const name of readdirSync(output)) if (!written.has(name)) rmSync(join(output, name), { recursive: true })
}

/** Worker threads load a file of their own each, by its name. */
function workerScripts() {
  const names = readdirSync(workers).filter((name) => workerScript.test(name))
  return Object.fromEntries(names.map((name) => [basename(name, '.ts'), join(workers, name)]))
}

/** Joins the licences of the packages that modules come from. */
export function licensesOf(moduleIds) {
  const folders = moduleIds.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0])
  return [...new Set(folders.filter((folder) => folder !== undefined))]
    .sort((a, b) => (a < b ? -1 : 1))
    .map(licenseOf)
    .join('\n')
}

function licenseOf(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  if (file === undefined) throw new Error(`${name} is bundled but has no licence in ${folder}`)
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
