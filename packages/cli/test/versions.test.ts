import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'
import { makeFolder, writeBackup, writeDay } from './retention-scene.ts'

async function versions(args: readonly string[], exitCode = 0): Promise<string> {
  const io = fakeIo()
  expect({ code: await run(['versions', ...args], io), error: io.stderr.text }).toEqual({
    code: exitCode,
    error: exitCode === 0 ? '' : expect.any(String),
  })
  return exitCode === 0 ? io.stdout.text : io.stderr.text
}

test('a table, newest first', async () => {
  const folder = await writeBackup()
  const names = ['old', 'sun', 'mon', 'tue'].map((name) => join(folder, `${name}.tgz`))
  expect(await versions(['--utc', 'f', ...names])).toBe(`\
WRITTEN           ARCHIVE  CONTENT  SIZE  MTIME             READ  FROM
2026-03-10 02:00  tue.tgz  changed     4  2026-03-10 02:00   535  tue.tgz
2026-03-09 02:00  mon.tgz  same        3  2026-03-08 02:00   535  sun.tgz
2026-03-08 02:00  sun.tgz  changed     3  2026-03-08 02:00   535  sun.tgz
2026-03-01 02:00  old.tgz  new         3  2026-03-01 02:00   535  old.tgz
`)
})

test('of one archive, with its bases beside it', async () => {
  const folder = await writeBackup()
  const text = await versions(['--utc', 'f', join(folder, 'tue.tgz')])
  expect(text.match(/\w+\.tgz +(new|same|changed)/g)).toEqual(['tue.tgz  changed', 'mon.tgz  same', 'sun.tgz  new'])
})

test('JSON for programs', async () => {
  const folder = await writeBackup()
  const text = await versions(['--json', 'f', join(folder, 'mon.tgz'), join(folder, 'sun.tgz')])
  const objects = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(objects).toMatchObject([
    {
      archive: join(folder, 'mon.tgz'),
      created: '2026-03-09T02:00:00Z',
      content: 'same',
      entry: { path: 'f', size: 3, location: { depth: 1 } },
      data: { archive: join(folder, 'sun.tgz'), depth: 1, slice: 1, packed: expect.any(Number) },
    },
    { content: 'new', sha256: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed', data: { depth: 0 } },
  ])
})

test('slices are one archive, and the one to read is named', async () => {
  const folder = makeFolder()
  await writeDay(folder, { name: 'big.tgz', day: 1, data: 'x'.repeat(9000), slice: 4096 })
  const parts = [1, 2, 3].map((n) => join(folder, `big.tgz.part${n}`))
  const text = await versions(['--utc', '--human', 'f', ...parts])
  expect(text.split('\n')).toHaveLength(3)
  expect(text).toMatch(/ big\.tgz +new +8\.8K .* big\.tgz\.part1\n$/)
})

test('archives of the original program', async () => {
  const text = await versions([
    '--utc',
    'd/e',
    fixture('diff/d2.tgz'),
    fixture('diff/d1.tgz'),
    fixture('diff/full.tgz'),
  ])
  expect(text.split('\n').map((line) => line.split(/ +/).slice(1, 4).join(' '))).toEqual([
    ...['ARCHIVE CONTENT SIZE', 'd2.tgz changed 11', 'd1.tgz same 0', 'full.tgz new 0', ''],
  ])
})

test('a folder, and a path that is nowhere', async () => {
  expect(await versions(['d/s', fixture('diff/full.tgz')])).toMatch(/ new +directory /)
  expect(await versions(['nowhere', fixture('diff/full.tgz')], 8)).toBe('isptar: no entry "nowhere" in 1 archive\n')
  expect(await versions(['f', fixture('diff/full.tgz'), '/no/such.tgz'], 10)).toMatch(/no such file/)
})
