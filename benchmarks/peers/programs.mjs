/** What is compared: the command of this workspace, and other programs where they are installed. */
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quote } from '../measure/run-shell.mjs'

const HERE = import.meta.dirname
const NODE = quote(process.execPath)
const CLI_FOLDER = join(HERE, '../../packages/cli')
const missing = new Set()

/** The script of the command, as its package names it. */
export const CLI = join(CLI_FOLDER, JSON.parse(readFileSync(join(CLI_FOLDER, 'package.json'), 'utf8')).bin.isptar)

/** The command, ready for arguments. */
export const ISPTAR = `${NODE} ${quote(CLI)}`

/** What Node costs that does nothing. */
export const NODE_ALONE = `${NODE} -e 0`

/** A script of this folder, ready for arguments. */
export const script = (name) => `${NODE} ${quote(join(HERE, name))}`

/** Keeps the jobs whose programs and packages are here, and prints once of each that is not. */
export function available(jobs) {
  return jobs.filter(({ name, programs = [], packages = [] }) => {
    const absent = [
      ...programs.filter((program) => !hasProgram(program)),
      ...packages.filter((packageName) => !hasPackage(packageName)),
    ]
    if (absent.length > 0) {
      const notice = `skipped: ${name}, as ${absent.join(' and ')} is not installed`
      if (!missing.has(notice)) console.error(notice)
      missing.add(notice)
    }
    return absent.length === 0
  })
}

/** Whether the command knows groups of small files. */
export function knowsGroups(help) {
  const known = help.includes('--group')
  if (!known) console.error('skipped: isptar --group, as this build does not have it')
  return known
}

function hasProgram(program) {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function hasPackage(packageName) {
  try {
    return fileURLToPath(import.meta.resolve(packageName)) !== ''
  } catch {
    return false
  }
}
