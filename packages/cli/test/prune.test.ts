import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'
import { makeFolder, writeBackup, writeDay } from './retention-scene.ts'

async function prune(
  folder: string,
  names: readonly string[],
  options: readonly string[],
  exitCode = 0,
): Promise<string> {
  const io = fakeIo()
  const code = await run(['prune', '--utc', ...options, ...names.map((name) => join(folder, name))], io)
  // What is missed is told beside what is decided.
  const error = io.stderr.text.replaceAll(/^isptar: \S+ needs \S+, which was not given\n/gm, '')
  expect({ code, error }).toEqual({ code: exitCode, error: exitCode === 0 ? '' : expect.any(String) })
  return (exitCode === 0 ? io.stdout.text : io.stderr.text).replaceAll(`${folder}/`, '')
}

const ALL = ['old.tgz', 'sun.tgz', 'mon.tgz', 'tue.tgz']

test('says what may go and why the rest stays; deletes nothing', async () => {
  const folder = await writeBackup()
  expect((await prune(folder, ALL, ['--keep-last', '1'])).replaceAll(/ {2,}/g, '  ')).toBe(`\
keep  tue.tgz  2026-03-10 02:00  last 1
keep  mon.tgz  2026-03-09 02:00  needed by tue.tgz
keep  sun.tgz  2026-03-08 02:00  needed by tue.tgz; needed by mon.tgz
drop  old.tgz  2026-03-01 02:00
`)
  expect(readdirSync(folder).toSorted()).toEqual([...ALL, 'notes.txt'].toSorted())
})

test('many reasons are counted', async () => {
  const folder = await writeBackup()
  const rules = ['keep-last', 'daily', 'weekly', 'monthly', 'yearly'].flatMap((rule) => [`--${rule}`, '1'])
  expect(await prune(folder, ['tue.tgz'], rules)).toContain('last 1; daily 2026-03-10; 3 more reasons\n')
})

test('--delete deletes, and what stays is whole', async () => {
  const folder = await writeBackup()
  expect(await prune(folder, ALL, ['--keep-last', '2', '--delete'])).toContain('gone  old.tgz')
  expect(readdirSync(folder).toSorted()).toEqual(['mon.tgz', 'notes.txt', 'sun.tgz', 'tue.tgz'])
})

test('--exact looks which bases are needed', async () => {
  const folder = await writeBackup()
  const text = await prune(folder, ALL, ['--keep-last', '1', '--exact', '--delete', '--json'])
  const objects = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { archive: string; keep: boolean; deleted?: boolean; reasons: unknown[] })
  expect(objects.map(({ archive, keep, deleted }) => [archive, keep, deleted])).toEqual([
    ['tue.tgz', true, undefined],
    ['mon.tgz', false, true],
    ['sun.tgz', false, true],
    ['old.tgz', false, true],
  ])
  expect(objects[0]?.reasons).toEqual([{ rule: 'last', text: 'last 1' }])
  expect(readdirSync(folder).toSorted()).toEqual(['notes.txt', 'tue.tgz'])
})

test('--exact keeps those by which bases are found that are too many to be named', async () => {
  const folder = makeFolder()
  await writeDay(folder, { name: '0.tgz', day: 1, data: 'full' })
  for (let n = 1; n <= 12; n += 1) await writeDay(folder, { name: `${n}.tgz`, day: n + 1, base: `${n - 1}.tgz` })
  await prune(folder, readdirSync(folder), ['--keep-last', '1', '--exact', '--delete'])
  expect(readdirSync(folder).toSorted()).toEqual(['0.tgz', '1.tgz', '12.tgz', '2.tgz', '3.tgz', '4.tgz'])
  const io = fakeIo()
  expect({ code: await run(['cat', join(folder, '12.tgz'), 'f'], io), error: io.stderr.text }).toEqual({
    code: 0,
    error: '',
  })
  expect(io.stdout.text).toBe('full')
})

test('--keep keeps, also one that is named nowhere else', async () => {
  const folder = await writeBackup()
  const text = await prune(
    folder,
    ['tue.tgz', 'old.tgz'],
    ['--keep-last', '1', '--keep', join(folder, 'old.tgz'), '--delete'],
  )
  expect(text).toMatch(/keep {2}old\.tgz .* to be kept\n/)
  expect(await prune(folder, ['tue.tgz'], ['--keep-last', '1', '--keep', join(folder, 'old.tgz')])).toContain(
    'to be kept',
  )
  expect(existsSync(join(folder, 'old.tgz'))).toBe(true)
})

test('says which bases were not given of archives that stay, and goes on', async () => {
  const folder = await writeBackup()
  const names = ['mon.tgz', 'tue.tgz'].map((name) => join(folder, name))
  const io = fakeIo()
  expect(await run(['prune', '--keep-last', '1', '--json', ...names], io)).toBe(0)
  expect(io.stderr.text.replaceAll(`${folder}/`, '')).toBe(`\
isptar: tue.tgz needs sun.tgz, which was not given
isptar: mon.tgz needs sun.tgz, which was not given
`)
  const { identity } = await describe(join(folder, 'sun.tgz'))
  const [tue = ''] = io.stdout.text.split('\n')
  expect(JSON.parse(tue)).toMatchObject({ keep: true, missing_bases: [{ identity, name: 'sun.tgz' }] })
})

test('misses no base that is not needed, or of an archive that goes', async () => {
  const folder = await writeBackup()
  const at = (name: string): string => join(folder, name)
  for (const options of [
    ['--exact', at('tue.tgz')],
    [at('mon.tgz'), at('tue.tgz'), at('sun.tgz')],
  ]) {
    const io = fakeIo()
    expect(await run(['prune', '--keep-last', '1', ...options], io)).toBe(0)
    expect(io.stderr.text).toBe('')
  }
  await writeDay(folder, { name: 'wed.tgz', day: 11, data: 'full' })
  const io = fakeIo()
  expect(await run(['prune', '--keep-last', '1', at('wed.tgz'), at('mon.tgz')], io)).toBe(0)
  expect([io.stderr.text, io.stdout.text]).toEqual(['', expect.stringContaining('drop')])
})

async function describe(path: string): Promise<{ identity: string }> {
  const io = fakeIo()
  expect(await run(['info', '--json', path], io)).toBe(0)
  return JSON.parse(io.stdout.text) as { identity: string }
}

test('an archive goes with all its slices, and stays with all of them', async () => {
  const folder = makeFolder()
  for (const day of [1, 2]) await writeDay(folder, { name: `${day}.tgz`, day, data: 'x'.repeat(9000), slice: 4096 })
  expect(readdirSync(folder)).toHaveLength(6)
  const text = await prune(folder, readdirSync(folder), ['--keep-last', '1', '--delete'])
  expect(text.split('\n')).toHaveLength(3)
  expect(readdirSync(folder).toSorted()).toEqual(['2.tgz.part1', '2.tgz.part2', '2.tgz.part3'])
})

test('archives of the original program stay', async () => {
  const folder = await writeBackup()
  const io = fakeIo()
  const names = [fixture('diff/full.tgz'), join(folder, 'old.tgz'), join(folder, 'tue.tgz')]
  expect(await run(['prune', '--keep-last', '1', ...names], io)).toBe(0)
  expect(io.stdout.text).toMatch(/keep {2}\S+full\.tgz +- +does not say when it was written\n/)
  expect(io.stdout.text).toMatch(/drop {2}\S+old\.tgz/)
})

test('nothing is deleted when one of them cannot be read', async () => {
  const folder = await writeBackup()
  expect(await prune(folder, [...ALL, 'notes.txt'], ['--keep-last', '1', '--delete'], 3)).toContain('notes.txt')
  expect(await prune(folder, [...ALL, 'gone.tgz'], ['--keep-last', '1', '--delete'], 10)).toContain('gone.tgz')
  expect(readdirSync(folder)).toHaveLength(5)
})

test('a policy that keeps nothing, counts that are none, and URLs are refused', async () => {
  const folder = await writeBackup()
  expect(await prune(folder, ALL, ['--delete'], 2)).toContain('nothing would be kept')
  expect(await prune(folder, ALL, ['--daily', '0'], 2)).toContain('nothing would be kept')
  expect(await prune(folder, ALL, ['--daily', '-1'], 2)).toContain('whole number')
  const io = fakeIo()
  expect(await run(['prune', '--daily', '1', '--delete', 'https://example.org/a.tgz'], io)).toBe(2)
  expect(readdirSync(folder)).toHaveLength(5)
})
