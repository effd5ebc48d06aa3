import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'
import { makeFolder, writeBackup } from './retention-scene.ts'

async function diff(args: readonly string[], exitCode: number, options: { tty?: boolean } = {}): Promise<string> {
  const io = fakeIo(options)
  expect({ code: await run(['diff', ...args], io), error: io.stderr.text }).toEqual({
    code: exitCode,
    error: exitCode <= 1 ? '' : expect.any(String),
  })
  return exitCode <= 1 ? io.stdout.text : io.stderr.text
}

/** A folder `site` and an archive of it. */
async function makeSite(): Promise<{ folder: string; archive: string }> {
  const folder = makeFolder()
  mkdirSync(join(folder, 'site/sub'), { recursive: true })
  writeFileSync(join(folder, 'site/a'), 'one')
  writeFileSync(join(folder, 'site/sub/b'), 'two')
  const archive = join(folder, 'site.tgz')
  expect(await run(['create', '-C', folder, archive, 'site'], fakeIo())).toBe(0)
  return { folder, archive }
}

test('two archives of the original program', async () => {
  expect(await diff([fixture('diff/full.tgz'), fixture('diff/d1.tgz')], 1)).toBe(`\
M d/b (size, mtime)
M d/c (mode)
- d/gone
+ d/n
`)
  expect(await diff([fixture('diff/full.tgz'), fixture('diff/full.tgz')], 0)).toBe('')
})

test('an archive and its folder', async () => {
  const { folder, archive } = await makeSite()
  expect(await diff([archive, folder], 0)).toBe('')
  expect(await diff(['--checksum', archive, folder], 0)).toBe('')
  rmSync(join(folder, 'site/a'))
  mkdirSync(join(folder, 'site/new'))
  const found = await diff(['--ignore', 'mtime', archive, folder], 1)
  expect(found).toBe('- site/a\n+ site/new/\n')
  expect(await diff(['--ignore', 'mtime,mode', '--exclude', 'new', archive, folder], 1)).toBe('- site/a\n')
  expect(await diff([archive, folder], 1)).toContain('M site/ (mtime)\n')
})

test('the folder that was packed is refused, with the one that is meant', async () => {
  const { folder, archive } = await makeSite()
  const deep = join(folder, 'deep.tgz')
  expect(await run(['create', deep, join(folder, 'site')], fakeIo())).toBe(0)
  for (const given of [join(folder, 'site'), `${folder}/site/`, `${folder}/site/.`])
    expect(await diff([archive, given], 2)).toBe(
      `isptar: the paths of ${archive} begin with site, which is not in ${given}; ` +
        `if ${given} is what was packed, give the folder in which that lies: ${folder}\n`,
    )
  expect(await diff([deep, join(folder, 'site')], 2)).toMatch(/ give the folder in which that lies: \/\n$/)
  expect(await diff([deep, '/'], 0)).toBe('')
})

test('a folder that is only called like one that was packed is compared with', async () => {
  const { folder, archive } = await makeSite()
  mkdirSync(join(folder, 'other/site'), { recursive: true })
  expect(await diff([archive, join(folder, 'other/site')], 1)).toBe('- site/\n- site/a\n- site/sub/\n- site/sub/b\n')
  mkdirSync(join(folder, 'site/site'))
  const top = join(folder, 'top.tgz')
  expect(await run(['create', '-C', join(folder, 'site'), top, '.'], fakeIo())).toBe(0)
  rmSync(join(folder, 'site/site'), { recursive: true })
  expect(await diff([top, join(folder, 'site'), '--ignore', 'mtime'], 1)).toBe('- site/\n')
})

test('--base names bases of the first archive that lie elsewhere', async () => {
  const { folder } = await makeSite()
  const [base, archive] = [join(folder, 'elsewhere/full.tgz'), join(folder, 'diff.tgz')]
  mkdirSync(join(folder, 'elsewhere'))
  const create = ['create', '-C', folder, '--digest', 'none']
  expect(await run([...create, base, 'site'], fakeIo())).toBe(0)
  expect(await run([...create, '--base', base, archive, 'site'], fakeIo())).toBe(0)
  expect(await diff(['--checksum', archive, folder], 9)).toContain('its data is in base 1')
  expect(await diff(['--checksum', '--base', base, archive, folder], 0)).toBe('')
  expect(await diff(['--checksum', '--base', base, archive, base], 0)).toBe('')
})

test('--checksum finds what size and time hide', async () => {
  const { folder, archive } = await makeSite()
  const before = new Date(1_700_000_000_000)
  utimesSync(join(folder, 'site/a'), before, before)
  const io = fakeIo()
  expect(await run(['create', '-C', folder, '--force', archive, 'site'], io)).toBe(0)
  writeFileSync(join(folder, 'site/a'), 'ONE')
  utimesSync(join(folder, 'site/a'), before, before)
  expect(await diff([archive, folder], 0)).toBe('')
  expect(await diff(['--checksum', archive, folder], 1)).toBe('M site/a (content)\n')
})

test('--json has both sides', async () => {
  const folder = await writeBackup()
  const text = await diff(['--json', join(folder, 'sun.tgz'), join(folder, 'tue.tgz')], 1)
  expect(JSON.parse(text)).toMatchObject({
    kind: 'changed',
    path: 'f',
    changes: ['size', 'mtime'],
    before: { type: 'file', size: 3 },
    after: { type: 'file', size: 4, mtime_ns: 0 },
  })
})

test('--quiet says nothing but the exit code', async () => {
  const folder = await writeBackup()
  expect(await diff(['-q', join(folder, 'sun.tgz'), join(folder, 'tue.tgz')], 1)).toBe('')
  expect(await diff(['-q', join(folder, 'sun.tgz'), join(folder, 'mon.tgz')], 0)).toBe('')
})

test('odd names are escaped on a terminal only', async () => {
  const { folder, archive } = await makeSite()
  const name = 'a\u001b[31m\nb'
  writeFileSync(join(folder, 'site', name), '')
  expect(await diff(['--ignore', 'mtime', archive, folder], 1)).toBe(`+ site/${name}\n`)
  expect(await diff(['--ignore', 'mtime', archive, folder], 1, { tty: true })).toBe('+ site/a\\033[31m\\nb\n')
})

test('what cannot be compared is told, and is not taken for the same', async () => {
  const folder = makeFolder()
  const long = `${'x'.repeat(200)}/${'y'.repeat(300)}`
  const archive = join(folder, 'long.tgz')
  const { createArchive } = await import('isptar')
  const { FileTarget } = await import('isptar/node')
  const writer = createArchive(new FileTarget(archive))
  await writer.add({ path: long, mtime: new Date(0) }, 'data')
  await writer.close()
  mkdirSync(join(folder, 'x'.repeat(200)))
  const io = fakeIo()
  expect(await run(['diff', archive, folder], io)).toBe(1)
  expect(io.stdout.text).toBe('')
  expect(io.stderr.text).toMatch(/ENAMETOOLONG/)
})

test('misuse', async () => {
  const { folder, archive } = await makeSite()
  expect(await diff([folder, archive], 2)).toContain('name the archive first')
  expect(await diff(['--exclude', 'x', archive, archive], 2)).toContain('is for a folder')
  expect(await diff(['--no-xattrs', archive, archive], 2)).toContain('is for a folder')
  expect(await diff(['--ignore', 'mtime,colour', archive, folder], 2)).toContain('"colour" is none of them')
  expect(await diff([archive, join(folder, 'gone')], 10)).toContain('gone')
})
