/**
 * Shows what isptar is for, on real data, in under a minute: pack a part of this project's own node_modules, look into
 * the archive, take one file out of it over HTTP, and let tar check the whole. Needs the built packages.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HttpSource, openArchive, withCounter } from 'isptar'
import { serveFile } from './range-server.mjs'

const BIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const MAX_BYTES = 48 * 1024 * 1024
/** One package must not be the whole demonstration. */
const MAX_PACKAGE_BYTES = 8 * 1024 * 1024

const folder = await mkdtemp(join(tmpdir(), 'isptar-demo-'))
try {
  await demonstrate(folder)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function demonstrate(workFolder) {
  const root = existsSync(join(MODULES, '.pnpm')) ? join(MODULES, '.pnpm') : MODULES
  const packages = await choosePackages(root)
  const archive = join(workFolder, 'packages.tgz')

  heading(`Pack ${packages.length} packages of node_modules`)
  const started = performance.now()
  await isptar(['create', '-C', root, archive, ...packages])
  say(`done in ${((performance.now() - started) / 1000).toFixed(1)} s`)

  heading('Look into it')
  await isptar(['info', archive])
  const listing = await capture(process.execPath, [BIN, 'list', '--json', archive])
  const entries = listing
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  say('')
  const wanted = chooseFile(entries)
  await showListing(archive, dirname(wanted.path))
  await fetchOne(archive, root, wanted)
  await checkWithTar(archive, entries.length)
  heading('All as it should be')
}

/** Takes packages in the order of their names until there is enough. */
async function choosePackages(root) {
  const chosen = []
  let total = 0
  for (const name of (await readdir(root)).toSorted()) {
    if (name.startsWith('.') || name === 'node_modules' || name === 'lock.yaml') continue
    const bytes = await sizeOf(join(root, name))
    if (bytes > MAX_PACKAGE_BYTES || total + bytes > MAX_BYTES) continue
    chosen.push(name)
    total += bytes
  }
  return chosen
}

async function sizeOf(path) {
  const stat = await lstat(path)
  if (!stat.isDirectory()) return stat.isFile() ? stat.size : 0
  let bytes = 0
  for (const name of await readdir(path)) bytes += await sizeOf(join(path, name))
  return bytes
}

/** A file from the middle that is worth fetching: of some size, but far from the largest. */
function chooseFile(entries) {
  const files = entries.filter(({ type, size, path_b64 }) => type === 'file' && size > 20_000 && path_b64 === undefined)
  return files[Math.floor(files.length / 2)]
}

async function showListing(archive, folder) {
  const lines = (await capture(process.execPath, [BIN, 'list', '-l', '--human', archive, folder])).trimEnd().split('\n')
  say(`$ isptar list -l --human packages.tgz ${folder}`)
  for (const line of lines.slice(0, 8)) say(line)
  if (lines.length > 8) say(`… ${count(lines.length - 8)} more`)
}

async function fetchOne(archive, root, entry) {
  heading('Take one file out of it over HTTP')
  const server = await serveFile(archive)
  try {
    say(`$ isptar cat ${server.url} \\\n    ${entry.path}`)
    const fetched = await captureBytes(process.execPath, [BIN, 'cat', server.url, entry.path])
    for (const { range, bytes } of server.requests) say(`the server was asked for ${range}: ${count(bytes)} bytes`)
    const asked = server.requests.reduce((sum, { bytes }) => sum + bytes, 0)
    const { size } = await lstat(archive)
    say(`${count(asked)} of ${count(size)} bytes, ${((asked / size) * 100).toFixed(2)} % of the archive`)
    const source = await readFile(join(root, entry.path))
    if (!fetched.equals(source)) throw new Error(`${entry.path} came out other than it went in`)
    say(`${count(fetched.length)} bytes came out, the same as on disk: sha256 ${sha256(fetched).slice(0, 16)}…`)
    await fetchWithLibrary(server.url, entry, source)
  } finally {
    await server.close()
  }
}

/** The same in a program: what `isptar cat` does is three lines. */
async function fetchWithLibrary(url, entry, source) {
  const counter = withCounter(new HttpSource(url))
  const archive = await openArchive(counter)
  const bytes = await archive.bytes(entry.path).finally(() => archive.close())
  if (!source.equals(bytes)) throw new Error(`${entry.path} came out other than it went in`)
  say(`the same through the library: ${count(counter.bytes)} bytes in ${counter.requests} requests`)
}

async function checkWithTar(archive, expected) {
  heading('Let tar read it')
  let names
  try {
    names = await capture('tar', ['tzf', archive])
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return say('tar is not installed here: not checked')
  }
  const lines = names
    .trimEnd()
    .split('\n')
    .filter((name) => name !== '.backup.info')
  if (lines.length !== expected) throw new Error(`tar lists ${lines.length} entries, isptar ${expected}`)
  say(`$ tar tzf packages.tgz: ${count(lines.length)} entries, as many as isptar lists`)
}

function heading(text) {
  say(`\n── ${text}`)
}

function say(text) {
  process.stdout.write(`${text}\n`)
}

function count(number) {
  return number.toLocaleString('en')
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

function isptar(args) {
  return runChild(process.execPath, [BIN, ...args], 'inherit')
}

async function capture(command, args) {
  return (await captureBytes(command, args)).toString('utf8')
}

async function captureBytes(command, args) {
  return await runChild(command, args, 'pipe')
}

/** Runs a program to its end and gives what it wrote; fails when it does. */
function runChild(command, args, stdout) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', stdout, 'inherit'] })
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks))
      else reject(new Error(`${command} ${args.slice(0, 3).join(' ')} … ended with ${signal ?? code}`))
    })
  })
}
