/** What must be right before its time counts. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Programs are read in English. */
const OPTIONS = { encoding: 'utf8', maxBuffer: 1 << 30, env: { ...process.env, LC_ALL: 'C' } }
/** What isptar adds to its tar, and the topmost folder, which some programs list. */
const NOT_ENTRIES = new Set(['', '.', './', '.backup.info'])

const run = (program, args) => execFileSync(program, args, { ...OPTIONS, stdio: ['ignore', 'pipe', 'pipe'] })

/** Lets GNU tar compare an archive with the tree it was made from, byte for byte, and counts its entries. */
export function checkTar(archive, corpus) {
  const { stdout, stderr } = spawnSync(
    'tar',
    ['--compare', '-zvf', archive, '-C', corpus.tree, '--exclude=.backup.info', '--warning=no-timestamp'],
    OPTIONS,
  )
  const wrong = `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => /: (Contents|Size|File type|Symlink) differ|: Cannot |^tar: /.test(line))
  if (wrong.length > 0) throw new Error(`${archive} is wrong: ${wrong.slice(0, 3).join('; ')}`)
  checkCount(
    stdout.split('\n').filter((line) => !/: [A-Z].* differ/.test(line)),
    corpus.entries,
    archive,
  )
}

/** Counts the entries of a zip. */
export function checkZip(archive, corpus) {
  checkCount(run('zipinfo', ['-1', archive]).split('\n'), corpus.entries, archive)
}

/** Counts the entries of a squashfs image. */
export function checkSquashfs(image, corpus) {
  const lines = run('unsquashfs', ['-d', '', '-l', image]).split('\n')
  checkCount(
    lines.filter((line) => line.startsWith('/')),
    corpus.entries,
    image,
  )
}

/** Counts the entries of a dar archive, whose first slice this is. */
export function checkDar(slice, corpus) {
  const lines = run('dar', ['-l', slice.slice(0, -'.1.dar'.length), '-Q']).split('\n')
  checkCount(lines.filter((line) => line.startsWith('[')).slice(1), corpus.entries, slice)
}

/** Counts the lines of a listing that was written to a file, which may have a few more for head and foot. */
export function checkListing(file, corpus) {
  const lines = readFileSync(file, 'utf8').split('\n').length
  if (lines < corpus.entries || lines > corpus.entries + 10)
    throw new Error(`${file} has ${lines} lines, expected ${corpus.entries}`)
}

/** Compares a listing that was written to a file, one path a line in any order, with the tree it is of. */
export function checkPaths(file, corpus) {
  const listed = readFileSync(file, 'utf8').trimEnd().split('\n').sort()
  const expected = readdirSync(corpus.tree, { recursive: true }).sort()
  const odd = listed.find((path, i) => path !== expected[i]) ?? expected[listed.length]
  if (odd !== undefined) throw new Error(`${file} does not list what ${corpus.tree} has, first at ${odd}`)
}

/** Compares an extracted tree with the one it came from, byte for byte. */
export function checkTree(tree, corpus) {
  const { status, stdout, stderr } = spawnSync('diff', ['-rq', '--no-dereference', corpus.tree, tree], OPTIONS)
  if (status !== 0) throw new Error(`${tree} differs from ${corpus.tree}: ${(stdout + stderr).slice(0, 500)}`)
}

/** Compares one extracted file with the one it came from. */
export function checkFile(file, original) {
  if (!readFileSync(file).equals(readFileSync(original))) throw new Error(`${file} differs from ${original}`)
}

function checkCount(lines, expected, archive) {
  const count = lines.filter((line) => !NOT_ENTRIES.has(line)).length
  if (count !== expected) throw new Error(`${archive} has ${count} entries, expected ${expected}`)
}
