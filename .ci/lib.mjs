// What the scripts of this folder share: where the workspace is, how a tool of it is found and how a command is run.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The folder of the workspace. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Whether a path of the workspace exists. */
export const exists = (path) => existsSync(join(root, path))

/** Reads a JSON file of the workspace. */
export const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))

/** Gives the folders of the packages, `packages/isptar` and so on, sorted. */
export const packages = () =>
  readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => `packages/${name}`)
    .filter((folder) => exists(`${folder}/package.json`))

/** Gives the script behind a command of a development dependency, so that it runs without a shell. */
export function bin(name, packageName = name) {
  const folder = `node_modules/${packageName}`
  const { bin } = readJson(`${folder}/package.json`)
  return join(root, folder, typeof bin === 'string' ? bin : bin[name])
}

/** Whether the module of this URL is the script that Node was started with. */
export const runsAs = (url) => url === pathToFileURL(process.argv[1]).href

/** Runs a command in the workspace, its output passed on, and resolves to its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

/** Runs a Node script of the workspace, its output passed on, and resolves to its exit code. */
export const runNode = (script, args = []) => run(process.execPath, [script, ...args])

/** Runs a command in the workspace and resolves to { code, output }. */
export function captureCommand(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }))
  })
}

/** Runs a Node script of the workspace and resolves to { code, output }. */
export const capture = (args) => captureCommand(process.execPath, args)
