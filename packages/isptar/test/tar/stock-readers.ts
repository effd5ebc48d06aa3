/** What four stock programs read from a tar file, in one shape; a field a program does not show is absent. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { extract } from 'tar-stream'

/** One entry as a program shows it. Bytes are hex. */
export interface StockEntry {
  path: string
  type?: string
  mode?: number
  uid?: number
  gid?: number
  userName?: string
  /** With its fraction. */
  seconds?: number
  sizeBytes?: number
  link?: string
  device?: string
}

/** A program that reads tars. */
export interface StockReader {
  name: string
  /** Whether this machine has it. */
  present(): boolean
  /** Entries in the order shown; throws when the program complains. */
  read(file: string): Promise<StockEntry[]>
}

const PYTHON = process.env['ISPTAR_PYTHON'] ?? 'python3'

function runs(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0
}

/** Runs a program that must say nothing on its error output. */
function run(command: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' }, encoding: 'latin1' })
  if (result.status !== 0 || result.stderr !== '') throw new Error(`${command}: ${result.stderr}`)
  return result.stdout
}

function hex(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('hex')
}

/** Undoes `\ooo` and, for GNU tar, `\n`, `\t`, `\\` and the like. */
function unescape(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }
  return text.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, letter: string) =>
    octal === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

const GNU_TYPES: Readonly<Record<string, string>> = {
  '-': 'file',
  h: 'hardlink',
  l: 'symlink',
  c: 'char',
  b: 'block',
  d: 'directory',
  p: 'fifo',
}
const GNU_LINE = /^(.)\S{9} (\d+)\/(\d+) +(\S+) (\S+ [\d:]+)(\.\d+)? +(.*)$/

const gnuTar: StockReader = {
  name: 'GNU tar',
  present: () => runs('tar') && run('tar', ['--version']).startsWith('tar (GNU tar)'),
  async read(file) {
    const args = ['--numeric-owner', '--full-time', '--quoting-style=escape', '-tvf', file]
    return run('tar', args).split('\n').slice(0, -1).map(gnuEntry)
  },
}

function gnuEntry(line: string): StockEntry {
  const [, letter = '', uid, gid, size = '', date = '', fraction = '', rest = ''] = GNU_LINE.exec(line) ?? []
  const type = GNU_TYPES[letter] ?? line
  const mark = type === 'symlink' ? ' -> ' : type === 'hardlink' ? ' link to ' : undefined
  const [path = '', link] = mark === undefined ? [rest] : rest.split(mark)
  return {
    path: hex(unescape(path).replace(/\/$/, '')),
    type,
    uid: Number(uid),
    gid: Number(gid),
    seconds: Date.parse(`${date.replace(' ', 'T')}Z`) / 1000 + Number(fraction),
    ...(size.includes(',') ? { device: size } : { sizeBytes: Number(size) }),
    ...(link === undefined ? {} : { link: hex(unescape(link)) }),
  }
}

const MTREE_TYPES: Readonly<Record<string, string>> = { link: 'symlink', dir: 'directory' }

const bsdtar: StockReader = {
  name: 'bsdtar',
  present: () => runs('bsdtar'),
  async read(file) {
    const keys = '!all,type,uid,gid,mode,time,size,link,device,uname'
    const lines = run('bsdtar', ['--format=mtree', '--options', keys, '-cf', '-', `@${file}`])
      .split('\n')
      .slice(1, -1)
    return lines.map(mtreeEntry)
  },
}

/** mtree knows no hardlinks: they are shown as files. */
function mtreeEntry(line: string): StockEntry {
  const [path = '', ...words] = line.split(' ')
  const values = new Map(words.map((word) => word.split(/=(.*)/s) as [string, string]))
  const type = values.get('type') ?? ''
  return {
    path: hex(unescape(path).replace(/^\.\//, '')),
    type: MTREE_TYPES[type] ?? type,
    mode: Number.parseInt(values.get('mode') ?? '', 8),
    uid: Number(values.get('uid')),
    gid: Number(values.get('gid')),
    userName: hex(unescape(values.get('uname') ?? '')),
    seconds: Number(values.get('time')),
    ...(values.has('size') ? { sizeBytes: Number(values.get('size')) } : {}),
    ...(values.has('link') ? { link: hex(unescape(values.get('link') ?? '')) } : {}),
    ...(values.has('device') ? { device: (values.get('device') ?? '').replace('native,', '') } : {}),
  }
}

const python: StockReader = {
  name: 'Python tarfile',
  present: () => runs(PYTHON),
  async read(file) {
    const script = join(import.meta.dirname, 'read-tar.py')
    const lines = execFileSync(PYTHON, [script, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    return lines
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as StockEntry)
  },
}

const TAR_STREAM_TYPES: Readonly<Record<string, string>> = {
  link: 'hardlink',
  'character-device': 'char',
  'block-device': 'block',
}

const tarStream: StockReader = {
  name: 'tar-stream',
  present: () => true,
  async read(file) {
    const entries: StockEntry[] = []
    const parser = extract({ filenameEncoding: 'latin1' } as object)
    createReadStream(file).pipe(parser)
    for await (const entry of parser) {
      const { name, type, mtime, mode, uid, gid, uname, linkname, size, devmajor, devminor } = entry.header
      entries.push({
        path: hex(name.replace(/\/$/, '')),
        type: TAR_STREAM_TYPES[type ?? ''] ?? type ?? '',
        mode: mode ?? 0,
        uid: uid ?? 0,
        gid: gid ?? 0,
        userName: Buffer.from(uname ?? '').toString('hex'),
        seconds: (mtime?.getTime() ?? Number.NaN) / 1000,
        sizeBytes: size ?? 0,
        link: hex(linkname ?? ''),
        device: `${devmajor},${devminor}`,
      })
      if ((size ?? 0) > 2 ** 32) break
      entry.resume()
    }
    return entries
  },
}

/** The programs that every archive is read with. */
export const STOCK_READERS: readonly StockReader[] = [gnuTar, bsdtar, python, tarStream]
