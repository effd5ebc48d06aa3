// What the scripts of this folder share: where the workspace is, how a tool of it is found and how a command is run.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the workspace. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Gives the script behind a command of a development dependency, so that it runs without a shell. */
export function bin(name, packageName = name) {
  const folder = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[name])
}

/** Runs a command in the workspace, its output passed on, and resolves to its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  })
}

/** Runs a Node script in the workspace and resolves to its exit code. */
export const runNode = (script, args = [], options = {}) => run(process.execPath, [script, ...args], options)

/** Whether a path of the workspace exists. */
export const exists = (path) => existsSync(join(root, path))
