/** A backup of some days on disk, for tests of the commands that look at several archives. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createArchive, openArchive } from 'isptar'
import { FileTarget, openFile, SlicedFileTarget } from 'isptar/node'
import { onTestFinished } from 'vitest'

/** Makes a folder that is gone after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** An archive to write: a day of March 2026, the file `f` in it, or none where the base's is kept. */
export interface Day {
  readonly name: string
  readonly day: number
  readonly data?: string
  readonly base?: string
  readonly slice?: number
}

/** Writes an archive of one file. */
export async function writeDay(folder: string, { name, day, data, base, slice }: Day): Promise<void> {
  const older = base === undefined ? undefined : await openArchive(await openFile(join(folder, base)))
  const bases = older && [
    { identity: older.identity ?? '', name: base ?? '' },
    ...older.baseIdentities.map((identity, i) => ({ identity, name: older.baseNames[i] ?? '' })),
  ]
  const path = join(folder, name)
  const target = slice === undefined ? new FileTarget(path) : new SlicedFileTarget(path, { sliceBytes: slice })
  const createdAt = new Date(Date.UTC(2026, 2, day, 2))
  const writer = createArchive(target, { createdAt, storeSuffixes: [''], ...(bases && { bases }) })
  if (data !== undefined) await writer.add({ path: 'f', mtime: createdAt }, data)
  else if (older) {
    const { record, mode, uid, gid, sizeBytes, mtime } = await older.get('f')
    await writer.addReference({ path: 'f', mode, uid, gid, sizeBytes, mtime }, { record, base: 1, hasColumns: true })
  }
  await writer.close()
  await older?.close()
}

/** Sunday's full backup, what hangs on it, and an older full one that nothing needs. */
export async function writeBackup(): Promise<string> {
  const folder = makeFolder()
  await writeDay(folder, { name: 'old.tgz', day: 1, data: 'old' })
  await writeDay(folder, { name: 'sun.tgz', day: 8, data: 'one' })
  await writeDay(folder, { name: 'mon.tgz', day: 9, base: 'sun.tgz' })
  await writeDay(folder, { name: 'tue.tgz', day: 10, data: 'two!', base: 'mon.tgz' })
  writeFileSync(join(folder, 'notes.txt'), 'no archive')
  return folder
}
