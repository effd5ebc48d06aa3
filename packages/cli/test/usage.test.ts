import { describe, expect, test } from 'vitest'
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
    ['no such shell', ['completion', 'csh'], 'Allowed choices are bash, zsh, fish.\n'],
    ['no suffix', ['create', '--store-suffix', '.', 'a', 'b'], 'isptar: not a suffix: "."\n'],
  ])('%s: exit 2, one message, nothing on standard output', async (_name, argv, message) => {
    const io = fakeIo()
    expect(await run(argv, io)).toBe(2)
    expect(io.stderr.text).toContain(message)
    expect(io.stderr.text).toMatch(/^isptar: /)
    expect(io.stdout.text).toBe('')
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
