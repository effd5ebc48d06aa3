// Makes a checkout ready: installs what the lockfile names and builds the packages. Needs Node and npm only; the package
// manager named in package.json comes through npx. Does nothing over again that is up to date.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exists, packages, readJson, root, run, runsAs } from './lib.mjs'

/** Installs and builds. Ends the process with the exit code of what failed. */
export async function setup() {
  await install()
  // The bundler is there from now on only.
  const { build } = await import('./build.mjs')
  await build()
}

async function install() {
  const stamp = join(root, 'node_modules/.isptar-setup')
  const wanted = fingerprint()
  if (exists('node_modules/.isptar-setup') && readFileSync(stamp, 'utf8') === wanted) return
  const { packageManager } = readJson('package.json')
  const windows = process.platform === 'win32'
  const code = await run(windows ? 'npx.cmd' : 'npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    // Without it, the package manager asks a terminal before it replaces a folder of another version.
    env: { ...process.env, CI: 'true' },
    shell: windows,
  })
  if (code !== 0) process.exit(code)
  writeFileSync(stamp, wanted)
}

/** Gives a digest of all that an installation depends on. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`)
  const manifests = packages().map((folder) => `${folder}/package.json`)
  for (const path of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests]) {
    hash.update(`\n${path}\n`).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}

if (runsAs(import.meta.url)) await setup()
