/** Runs that are cut off at every step of their writing, and what another run makes of what they left. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FinishedSlice, openArchive } from 'isptar'
import { openFile, type PackOptions, type PackReport, packTree, SlicedFileTarget } from 'isptar/node'
import { vi } from 'vitest'
import { FileTarget } from '../../src/node/file-target.ts'
import { JournalFile } from '../../src/node/journal-file.ts'

/** Bytes that do not shrink. */
export function noise(length: number, seed: string): Buffer {
  const count = Math.ceil(length / 64)
  const blocks = Array.from({ length: count }, (_, k) => createHash('sha512').update(`${seed}${k}`).digest())
  return Buffer.concat(blocks).subarray(0, length)
}

/** A folder with a tree to pack, archives of it, and copies of those at every step. */
export class ResumeScene {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'isptar-resume-'))
  readonly tree: string = join(this.folder, 'tree')
  readonly archive: string = join(this.folder, 'out', 'a.tgz')
  /** Copies of the archive's folder, in the order of the steps. */
  readonly copies: string[] = []

  constructor() {
    mkdirSync(this.tree)
    mkdirSync(join(this.folder, 'out'))
  }

  /** Path of something in the tree. */
  at(path: string): string {
    return join(this.tree, path)
  }

  /** Writes a file of the tree, with a time of long ago. */
  plant(path: string, bytes: Uint8Array | string): void {
    writeFileSync(this.at(path), bytes)
    utimesSync(this.at(path), 1_600_000_000, 1_600_000_000.5)
  }

  /** Plants folders, links and files, one of them much longer than a slice. */
  plantTree(bigBytes: number): void {
    for (const folder of ['a', 'b', 'b/c', 'd']) mkdirSync(this.at(folder))
    for (let k = 0; k < 12; k += 1) this.plant(`a/${k}`, noise(k * 700, `a${k}`))
    this.plant('b/big', noise(bigBytes, 'big'))
    linkSync(this.at('a/3'), this.at('b/c/again'))
    symlinkSync('../big', this.at('b/c/link'))
    this.plant('b/c/empty', '')
    this.plant('b/c/text', 'lorem ipsum '.repeat(20_000))
    for (let k = 0; k < 6; k += 1) this.plant(`d/${k}`, noise(9000, `d${k}`))
    linkSync(this.at('d/0'), this.at('d/zero'))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Packs the tree. */
  async pack(
    sliceBytes: number,
    options: PackOptions & { roots?: readonly string[]; onSlice?: (slice: FinishedSlice) => Promise<void> | void } = {},
  ): Promise<PackReport> {
    const { roots = ['.'], onSlice, ...rest } = options
    const target = new SlicedFileTarget(this.archive, { sliceBytes, onSlice })
    return packTree(roots, target, { cwd: this.tree, createdAt: new Date(0), seekBytes: 65_536, ...rest })
  }

  /**
   * Packs, and copies what is on the disk before and after each step that a crash may fall between, where that is of use.
   */
  async packAndCopy(
    sliceBytes: number,
    { isOfUse = () => true, ...options }: Parameters<ResumeScene['pack']>[1] & { isOfUse?: () => boolean } = {},
  ): Promise<PackReport> {
    const copy = (): void => {
      if (!isOfUse()) return
      const to = join(this.folder, `copy${this.copies.length}`)
      cpSync(join(this.folder, 'out'), to, { recursive: true, preserveTimestamps: true })
      this.copies.push(to)
    }
    const { commit } = FileTarget.prototype
    const { append, replace } = JournalFile.prototype
    const around = async (step: () => Promise<void>): Promise<void> => {
      copy()
      await step()
      copy()
    }
    const spies = [
      vi.spyOn(FileTarget.prototype, 'commit').mockImplementation(function (this: FileTarget) {
        return around(() => commit.call(this))
      }),
      vi.spyOn(JournalFile.prototype, 'append').mockImplementation(function (this: JournalFile, record) {
        return around(() => append.call(this, record))
      }),
      vi.spyOn(JournalFile.prototype, 'replace').mockImplementation(function (this: JournalFile, path) {
        return around(() => replace.call(this, path))
      }),
    ]
    try {
      return await this.pack(sliceBytes, {
        ...options,
        onSlice: (slice) => around(async () => options.onSlice?.(slice)),
      })
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
  }

  /** Puts a copy in the place of the archive. */
  restore(copy: string): void {
    rmSync(join(this.folder, 'out'), { recursive: true })
    cpSync(copy, join(this.folder, 'out'), { recursive: true, preserveTimestamps: true })
  }

  /** Names of the files in the archive's folder. */
  files(): string[] {
    return readdirSync(join(this.folder, 'out')).sort()
  }

  /** Checks the archive from end to end, and gives what its listing says. */
  async check(): Promise<string[]> {
    assert.deepEqual(
      this.files().filter((name) => !/^a\.tgz(\.part\d+)?$/.test(name)),
      [],
    )
    const archive = await openArchive(await openFile(this.archive))
    try {
      assert.deepEqual((await archive.verify()).problems, [])
      const seen: string[] = []
      for await (const entry of archive.entries({ digests: true })) {
        const digest = await entry.digest()
        const hash = digest && Buffer.from(digest).toString('hex')
        const dirty = entry.record.columns.get('dirty') === '1' ? ' dirty' : ''
        seen.push(`${entry.path} ${entry.type} ${entry.sizeBytes} ${entry.linkTarget ?? ''} ${hash ?? ''}${dirty}`)
      }
      return seen
    } finally {
      await archive.close()
    }
  }

  /** Unpacks the archive by GNU tar, and tells in what it differs from the tree. */
  differences(): string {
    const to = join(this.folder, 'unpacked')
    mkdirSync(to)
    const parts = this.files().sort((a, b) => Number(/\d+$/.exec(a)) - Number(/\d+$/.exec(b)))
    const whole = Buffer.concat(parts.map((name) => readFileSync(join(this.folder, 'out', name))))
    execFileSync('tar', ['-xzf', '-', '-C', to], { input: whole, stdio: ['pipe', 'pipe', 'inherit'] })
    rmSync(join(to, '.backup.info'), { force: true })
    try {
      return execFileSync('diff', ['-r', '--no-dereference', this.tree, to], { encoding: 'utf8' })
    } catch (error) {
      return (error as { stdout: string }).stdout
    } finally {
      rmSync(to, { recursive: true, force: true })
    }
  }
}
