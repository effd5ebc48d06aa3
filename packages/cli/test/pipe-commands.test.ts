/** `client` and `server`, joined in this process: what they say, and what is left. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InterruptedError } from '../src/command-io.ts'
import { run } from '../src/run.ts'
import { type FakeIo, fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  mkdirSync(join(folder, 'site/img'), { recursive: true })
  writeFileSync(join(folder, 'site/index.html'), '<h1>hello</h1>\n')
  writeFileSync(join(folder, 'site/img/logo.jpg'), 'picture '.repeat(50_000))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Joined {
  readonly client: FakeIo
  readonly server: FakeIo
  readonly codes: readonly [client: number, server: number]
}

/** Runs both, each reading what the other writes. */
async function joined(
  clientArgs: readonly string[],
  serverArgs: readonly string[],
  prepare: (client: FakeIo, server: FakeIo) => void = () => {},
): Promise<Joined> {
  const [up, down] = [new PassThrough(), new PassThrough()]
  const client = fakeIo({ stdin: down })
  const server = fakeIo({ stdin: up })
  client.stdout.write = (data) => written(up, data)
  server.stdout.write = (data) => written(down, data)
  prepare(client, server)
  const side = async (args: readonly string[], io: FakeIo, out: PassThrough): Promise<number> => {
    const code = await run(args, io)
    // As the end of a process does.
    out.end()
    return code
  }
  const codes = await Promise.all([
    side(['client', '-C', folder, ...clientArgs], client, up),
    side(['server', ...serverArgs], server, down),
  ])
  return { client, server, codes }
}

async function written(stream: PassThrough, data: Uint8Array | string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(data, (error) => (error ? reject(error) : resolve()))
  })
}

async function listed(archive: string): Promise<string[]> {
  const io = fakeIo()
  expect(await run(['list', archive], io)).toBe(0)
  return io.stdout.text.split('\n').filter((line) => line !== '')
}

const SITE = ['site', 'site/img', 'site/img/logo.jpg', 'site/index.html']

describe('client and server', () => {
  test('make the archive that create makes', async () => {
    process.env['SOURCE_DATE_EPOCH'] = '1700000000'
    try {
      const { client, server, codes } = await joined(['site'], [join(folder, 'x.tgz')])
      expect([codes, client.stderr.text, server.stderr.text]).toEqual([[0, 0], '', ''])
      expect(await run(['create', '-C', folder, join(folder, 'y.tgz'), 'site'], fakeIo())).toBe(0)
      expect(readFileSync(join(folder, 'x.tgz')).equals(readFileSync(join(folder, 'y.tgz')))).toBe(true)
    } finally {
      delete process.env['SOURCE_DATE_EPOCH']
    }
  })

  test('options of both sides count', async () => {
    const archive = join(folder, 'x.tgz')
    writeFileSync(archive, 'old')
    const { codes } = await joined(
      ['site', '--exclude', '*.html'],
      [archive, '--force', '-l', '0', '--store-suffix', 'x'],
    )
    expect(codes).toEqual([0, 0])
    expect(await listed(archive)).toEqual(SITE.slice(0, 3))
    expect(readFileSync(archive).length).toBeGreaterThan(400_000)
  })

  test('the server names what is missing, the client is silent, both end with 1', async () => {
    const { client, server, codes } = await joined(['site', 'missing'], [join(folder, 'x.tgz')])
    expect(codes).toEqual([1, 1])
    expect(client.stderr.text).toBe('')
    expect(server.stderr.text).toMatch(/^isptar: \S+missing: no such file or folder\n$/)
    expect(await listed(join(folder, 'x.tgz'))).toEqual(SITE)
  })

  test('an archive of that name stays, and both sides say so', async () => {
    const archive = join(folder, 'x.tgz')
    writeFileSync(archive, 'old')
    const { client, server, codes } = await joined(['site'], [archive])
    expect(codes).toEqual([10, 10])
    expect(server.stderr.text).toMatch(/^isptar: cannot write \S+x\.tgz: it exists already[^\n]*\n$/)
    expect(client.stderr.text).toMatch(/^isptar: the server failed: cannot write \S+x\.tgz: it exists already[^\n]*\n$/)
    expect(readFileSync(archive, 'utf8')).toBe('old')
  })

  test('an interrupted client leaves nothing at the server', async () => {
    const { client, server, codes } = await joined(['site'], [join(folder, 'x.tgz')], ({ stdout, controller }) => {
      const write = stdout.write.bind(stdout)
      let writes = 0
      stdout.write = async (data) => {
        writes += 1
        if (writes === 3) controller.abort(new InterruptedError('SIGINT'))
        return write(data)
      }
    })
    expect(codes).toEqual([130, 10])
    expect(client.stderr.text).toBe('isptar: interrupted\n')
    expect(server.stderr.text).toBe('isptar: the client failed: interrupted\n')
    expect(readdirSync(folder)).toEqual(['site'])
  })

  test('the verbose server names entries and sums up', async () => {
    const { server } = await joined(['site'], ['-v', join(folder, 'x.tgz')])
    expect(server.stderr.text).toContain('site/img/logo.jpg\n')
    expect(server.stderr.text).toMatch(/x\.tgz: 4 entries, 390\.6 KiB received, \S+ \S+ written\n$/)
  })
})

describe("the original's protocol", () => {
  test('the server answers a capture as the original did', async () => {
    const capture = readFileSync(fixture('pipe/full.c2s.bin'))
    const io = fakeIo({ stdin: Readable.from([capture]) })
    expect(await run(['server', join(folder, 'x.tgz')], io)).toBe(0)
    expect(Buffer.from(io.stdout.bytes).equals(readFileSync(fixture('pipe/full.s2c.bin')))).toBe(true)
    expect(await listed(join(folder, 'x.tgz'))).toHaveLength(13)
  })

  test('the client speaks it when told to, and prints problems itself', async () => {
    const { client, server, codes } = await joined(['site', 'missing', '--original'], [join(folder, 'x.tgz')])
    expect(codes).toEqual([1, 0])
    expect(client.stderr.text).toMatch(/^isptar: \S+missing: no such file or folder\n$/)
    expect(server.stderr.text).toBe('')
    expect(await listed(join(folder, 'x.tgz'))).toEqual(SITE.slice(1))
  })

  test('the client says what to do when it meets a server of the original', async () => {
    const io = fakeIo({ stdin: Readable.from([Buffer.from([0, 0])]) })
    expect(await run(['client', '-C', folder, 'site'], io)).toBe(10)
    expect(io.stderr.text).toContain('use its protocol (--original)')
  })
})

describe('wrong uses', () => {
  test.each([
    [['client', '.'], 'isptar: a client talks to a server over standard input and output'],
    [['server', 'x.tgz'], 'isptar: a server talks to a client over standard input and output'],
  ])('%s on a terminal', async (args, message) => {
    const io = fakeIo({ tty: true })
    expect(await run(args, io)).toBe(2)
    expect(io.stderr.text).toContain(message.slice('isptar: '.length))
  })

  test.each([
    [['server', '-'], 'standard output is the connection to the client'],
    [['server', ''], 'not the name of a file'],
    [['client', ''], 'a path to pack is the empty string'],
    [['pull', 'x.tgz'], 'name what to pack, as [user@]host:path'],
    [['pull', 'plain/path', 'x.tgz'], 'not a file of another machine'],
    [['pull', 'a:/x', 'b:/y', 'x.tgz'], 'one archive is pulled from one host'],
    [['pull', '-oProxyCommand=x:/y', 'x.tgz'], 'unknown option'],
    [['pull', '--', '-oProxyCommand=x:/y', 'x.tgz'], 'not a host: "-oProxyCommand=x"'],
    [['pull', 'a:/x', 'x.tgz', '--ssh', "'open"], 'is not closed'],
    [['pull', 'a:/x', 'x.tgz', '--ssh', ''], 'names no program'],
    [['pull', 'a:/x', 'https://example.org/x.tgz'], 'an archive cannot be created at a URL'],
  ])('%s', async (args, message) => {
    const io = fakeIo()
    expect(await run(args, io)).toBe(2)
    expect(io.stderr.text).toContain(message)
  })
})
