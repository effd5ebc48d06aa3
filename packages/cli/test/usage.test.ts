import { describe, expect, test, vi } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'

describe('a wrong command line', () => {
  test.each<[string, string[], string]>([
    ['no such command', ['lst'], "isptar: unknown command 'lst'\n(Did you mean one of list, ls?)\n"],
    ['no such option', ['list', '--lnog', 'x'], "isptar: unknown option '--lnog'\n(Did you mean --long?)\n"],
    ['no archive', ['list'], "isptar: missing required argument 'archive'\n"],
    ['nothing to pack', ['create', 'x.tgz'], "isptar: missing required argument 'path'\n"],
    ['no number', ['create', '-l', 'x', 'a', 'b'], 'It must be a whole number from 0 to 9.\n'],
    ['a number too large', ['create', '-l', '10', 'a', 'b'], 'It must be a whole number from 0 to 9.\n'],
    ['a negative number', ['extract', '--strip-components', '-1', 'a'], 'It must be a whole number from 0 to 1000.\n'],
    ['two layouts', ['list', '--json', '--tree', 'x'], 'isptar: --tree and --json cannot be combined\n'],
    ['conflicting options', ['extract', '--keep', '--overwrite', 'x'], 'cannot be used with option'],
    ['standard input', ['list', '-'], 'isptar: an archive cannot be read from standard input'],
    [
      'a URL to write to',
      ['create', 'https://example.org/x.tgz', '.'],
      'isptar: an archive cannot be created at a URL',
    ],
    ['a URL that is none', ['list', 'http://'], 'isptar: not a URL: http://\n'],
    [
      'a URL of another kind',
      ['list', 'ftp://x/y.tgz'],
      'isptar: not a file, nor a URL of http or https: ftp://x/y.tgz\n',
    ],
    ['a URL of another kind to write to', ['create', 's3://x/y', '.'], 'isptar: an archive cannot be created at a URL'],
    ['an archive without a name', ['list', ''], 'isptar: the name of the archive is the empty string\n'],
    ['a new archive without a name', ['create', '', '.'], 'isptar: not the name of a file: ""\n'],
    ['a new archive that is a folder', ['create', 'x/', '.'], 'isptar: not the name of a file: "x/"\n'],
    ['an empty path to pack', ['create', 'x', ''], 'isptar: a path to pack is the empty string'],
    ['an empty folder to pack from', ['create', 'x', '.', '-C', ''], 'isptar: the folder to take paths from is'],
    ['an empty folder to restore into', ['extract', 'x', '-C', ''], 'isptar: the folder to restore into is'],
    ['the name of a slice', ['create', 'x.tgz.part2', '.'], 'isptar: a name that ends in .part2 means a slice'],
    ['what is to be emptied not named', ['extract', 'x', '--delete', '--overwrite'], 'isptar: --delete needs -C: name'],
    ['a shell for nothing', ['create', 'x', '.', '--shell'], 'isptar: --shell is of use only with a command to run\n'],
    ...[
      ...['--dry-run', '--strip-components=1', '--overwrite', '--keep', '--devices', '--same-permissions'],
      ...['--no-owner', '-C=out'],
    ].map((flag): [string, string[], string] => [
      `-O with ${flag}`,
      ['extract', 'x', '-O', ...flag.split('=')],
      `isptar: --to-stdout and ${flag.replace(/=.*/, '')} cannot be combined\n`,
    ]),
    ['no such shell', ['completion', 'csh'], 'Allowed choices are bash, zsh, fish.\n'],
    ['no suffix', ['create', '--store-suffix', '.', 'a', 'b'], 'isptar: not a suffix: "."\n'],
  ])('%s: exit 2, one message, nothing on standard output', async (_name, argv, message) => {
    const io = fakeIo()
    expect(await run(argv, io)).toBe(2)
    expect(io.stderr.text).toContain(message)
    expect(io.stderr.text).toMatch(/^isptar: /)
    expect(io.stdout.text).toBe('')
  })

  test('a time of reproducible builds that is none', async () => {
    const io = fakeIo()
    vi.stubEnv('SOURCE_DATE_EPOCH', 'yesterday')
    try {
      expect(await run(['create', '-', '.'], io)).toBe(2)
    } finally {
      vi.unstubAllEnvs()
    }
    expect(io.stderr.text).toMatch(/^isptar: SOURCE_DATE_EPOCH is "yesterday", [^\n]+\n$/)
  })

  test('no command at all prints the help on standard error', async () => {
    const io = fakeIo()
    expect(await run([], io)).toBe(2)
    expect(io.stderr.text).toContain('Usage: isptar')
    expect(io.stdout.text).toBe('')
  })

  test('an archive is not written to a terminal', async () => {
    const io = fakeIo({ tty: true })
    expect(await run(['create', '-', '.'], io)).toBe(2)
    expect(io.stdout.text).toBe('')
  })
})
