import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'

interface Listed {
  bytes: Buffer
  text: string
}

async function list(args: readonly string[], options: { tty?: boolean } = {}): Promise<Listed> {
  const io = fakeIo(options)
  const exitCode = await run(['list', ...args], io)
  expect(io.stderr.text).toBe('')
  expect(exitCode).toBe(0)
  return { bytes: Buffer.from(io.stdout.bytes), text: io.stdout.text }
}

interface ExpectedEntry {
  path?: string
  path_b64?: string
}

function expectedPaths(name: string): Buffer[] {
  const entries = JSON.parse(readFileSync(fixture(`${name}/expected.json`), 'utf8')) as ExpectedEntry[]
  return entries.map(({ path, path_b64 }) =>
    path === undefined ? Buffer.from(path_b64 ?? '', 'base64') : Buffer.from(path),
  )
}

describe('golden output', () => {
  test.each(['plain', 'types', 'oddnames'])('%s', async (name) => {
    const archive = fixture(`${name}/archive.tgz`)
    const options = { tty: true }
    await expect((await list([archive], options)).text).toMatchFileSnapshot(`snapshots/${name}.txt`)
    await expect((await list(['-l', '--utc', archive], options)).text).toMatchFileSnapshot(`snapshots/${name}-long.txt`)
    await expect((await list(['--tree', archive], options)).text).toMatchFileSnapshot(`snapshots/${name}-tree.txt`)
    await expect((await list(['--json', archive])).text).toMatchFileSnapshot(`snapshots/${name}.ndjson`)
  })
})

describe('names through a pipe are the bytes that are stored', () => {
  test.each(['plain', 'longnames', 'oddnames', 'types'])('%s', async (name) => {
    const { bytes } = await list(['--null', fixture(`${name}/archive.tgz`)])
    const wanted = Buffer.concat(expectedPaths(name).flatMap((path) => [path, Buffer.of(0)]))
    expect(bytes.equals(wanted)).toBe(true)
  })

  test('folders of several arguments stay in the order of the arguments', async () => {
    const { text } = await list([fixture('argorder/archive.tgz')])
    expect(text).toBe('s s/x\ns/x\nsé/x\n')
  })

  test('without --null each ends in a newline, unescaped', async () => {
    const { bytes } = await list([fixture('oddnames/archive.tgz')])
    const wanted = Buffer.concat(expectedPaths('oddnames').flatMap((path) => [path, Buffer.from('\n')]))
    expect(bytes.equals(wanted)).toBe(true)
  })
})

describe('--json', () => {
  const KNOWN = new Set([
    ...['path', 'path_b64', 'type', 'mode', 'uid', 'gid', 'user', 'group', 'mtime', 'mtime_ns', 'size', 'packed'],
    ...['link', 'link_b64', 'device', 'location', 'dirty', 'xattrs'],
  ])

  test.each(['plain', 'types', 'oddnames', 'longnames'])(
    '%s: one object a line, known keys, every path',
    async (name) => {
      const { text } = await list(['--json', fixture(`${name}/archive.tgz`)])
      const objects = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
      for (const object of objects) {
        for (const key of Object.keys(object)) expect(KNOWN).toContain(key)
        for (const key of ['path', 'type']) expect(object[key]).toBeTypeOf('string')
        for (const key of ['mode', 'uid', 'gid']) expect(object[key]).toBeTypeOf('number')
        expect('size' in object).toBe(object['type'] === 'file')
        expect(JSON.stringify(object)).not.toMatch(/\\ud[89a-f]/i)
      }
      const paths = objects.map(({ path, path_b64 }) =>
        path_b64 === undefined ? Buffer.from(String(path)) : Buffer.from(String(path_b64), 'base64'),
      )
      expect(paths).toEqual(expectedPaths(name))
    },
  )
})

describe('patterns', () => {
  test('pick entries; one that meets nothing is an error, and the rest is listed', async () => {
    const io = fakeIo()
    expect(await run(['ls', fixture('types/archive.tgz'), '*gid', 'd/dir', 'no/such', 'fif?'], io)).toBe(8)
    const lines = io.stderr.text.split('\n')
    expect(lines).toEqual([
      expect.stringMatching(/^isptar: no entry "\*gid" in \S+archive\.tgz$/),
      expect.stringMatching(/^isptar: no entry "no\/such" in \S+archive\.tgz$/),
      '',
    ])
    expect(io.stdout.text).toBe('d/dir\nd/dir/hard2\nd/fifo\n')
  })
})

test('--human shortens sizes', async () => {
  const { text } = await list(['-l', '--human', '--utc', fixture('plain/archive.tgz')])
  expect(text).toMatch(/ 146K /)
  expect(text).not.toContain('149440')
})

test('an empty archive has no lines', async () => {
  for (const option of ['--long', '--tree', '--json', '--null'])
    expect((await list([option, fixture('empty/archive.tgz')])).bytes.length).toBe(0)
})

test('slices are listed by their common name', async () => {
  const whole = await list([fixture('sliced/archive.tgz')])
  expect(whole.text.split('\n').length).toBeGreaterThan(3)
})

test('what an error interrupts is shown as far as it came, and never twice', async () => {
  const io = fakeIo()
  io.controller.abort(new Error('stop'))
  expect(await run(['list', fixture('plain/archive.tgz')], io)).toBe(70)
  expect(io.stdout.text).toBe('')
})
