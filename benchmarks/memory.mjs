/**
 * Peak memory of the command on large input: a file of 4 GiB in and out again, and a listing of a million entries. Each
 * job is a process of its own; its peak resident memory must stay under 200 MiB. Exits 1 when one does not.
 *
 * Run `npm run build` first, then `node benchmarks/memory.mjs [SCRATCH_FOLDER]` (10 GiB free; a few minutes).
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createArchive } from '../packages/isptar/dist/index.js'
import { FileTarget } from '../packages/isptar/dist/node/index.js'
import { MeasuredJobs } from './measured-jobs.mjs'

const MiB = 1024 * 1024
const FILE_BYTES = 4096 * MiB
const ENTRIES = 1_000_000

const scratch = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'isptar-memory-'))
const jobs = new MeasuredJobs(scratch, 200 * MiB)
const measure = (what, args) => jobs.run(what, args)
try {
  writeBigFile(join(scratch, 'big'))
  const archive = join(scratch, 'big.tgz')
  measure('create, one file of 4 GiB', ['create', archive, '-C', scratch, '-l', '1', 'big'])
  rmSync(join(scratch, 'big'))
  measure('extract it', ['extract', archive, '-C', scratch])
  const { size } = statSync(join(scratch, 'big'))
  if (size !== FILE_BYTES) throw new Error(`extracted ${size} bytes, expected ${FILE_BYTES}`)
  rmSync(join(scratch, 'big'))
  measure('verify it', ['verify', archive])
  const many = join(scratch, 'many.tgz')
  await writeManyEntries(many)
  const lines = measure(`list, ${ENTRIES} entries`, ['list', many])
  if (lines !== ENTRIES) throw new Error(`listed ${lines} lines, expected ${ENTRIES}`)
  measure(`list -l, ${ENTRIES} entries`, ['list', '-l', many])
  measure(`cat one of ${ENTRIES} entries`, ['cat', many, `d500/f500500`])
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = jobs.failed > 0 ? 1 : 0

/** Half noise, half text-like lines: neither stored nor trivially small. */
function writeBigFile(path) {
  const block = Buffer.alloc(MiB)
  let state = 1
  for (let i = 0; i < block.length; i += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    block[i] = i % 2 === 0 ? state >>> 24 : 0x20 + (i % 64)
  }
  const file = openSync(path, 'w')
  for (let i = 0; i < FILE_BYTES / MiB; i += 1) {
    block.writeUInt32LE(i, 0)
    writeSync(file, block)
  }
  closeSync(file)
}

async function writeManyEntries(path) {
  const writer = createArchive(new FileTarget(path), { level: 1 })
  const mtime = { seconds: 1_700_000_000, nanoseconds: 123_456_789 }
  for (let i = 0; i < ENTRIES; i += 1) {
    const folder = `d${Math.floor(i / 1000)}`
    if (i % 1000 === 0) await writer.add({ path: folder, type: 'directory', mtime })
    else
      await writer.add(
        { path: `${folder}/f${i}`, mtime, userName: 'root', groupName: 'root' },
        i === 500_500 ? 'x' : '',
      )
  }
  await writer.close()
}
