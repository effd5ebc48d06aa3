import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'

async function completion(shell: string): Promise<string> {
  const io = fakeIo()
  expect(await run(['completion', shell], io)).toBe(0)
  return io.stdout.text
}

/** Skips a test where its shell is not there, saying so; with ISPTAR_REQUIRE_ALL set it fails instead. */
function needs(shell: string, skip: (reason: string) => void): void {
  if (spawnSync(shell, ['-c', ':']).error === undefined) return
  const reason = `${shell} is not installed: its completion script is not tried out`
  if (process.env['ISPTAR_REQUIRE_ALL'] !== undefined) throw new Error(reason)
  console.warn(`skipped: ${reason}`)
  skip(reason)
}

/** What bash offers for a command line whose last word is being typed. */
function offered(script: string, ...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const program = `${script}
COMP_WORDS=(isptar ${quoted}); COMP_CWORD=${words.length}
_isptar
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr, status } = spawnSync('bash', ['-c', program], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout.split('\n').filter((line) => line !== '')
}

test('bash completes commands, options and fixed values, and leaves the rest to file names', async ({ skip }) => {
  needs('bash', skip)
  const script = await completion('bash')
  expect(offered(script, 'l').toSorted()).toEqual(['list', 'ls'])
  expect(offered(script, 'list', '--j')).toEqual(['--json'])
  expect(offered(script, 'ls', '--nu')).toEqual(['--null'])
  expect(offered(script, '-q', 'extract', '--ke')).toEqual(['--keep'])
  expect(offered(script, 'create', '--verb')).toEqual(['--verbose'])
  expect(offered(script, 'completion', 'f')).toEqual(['fish'])
  expect(offered(script, 'help', 'veri')).toEqual(['verify'])
  expect(offered(script, '--vers')).toEqual(['--version'])
  expect(offered(script, 'list', 'arch')).toEqual([])
})

test.for(['bash', 'zsh', 'fish'])('%s parses its script', async (shell, { skip }) => {
  needs(shell, skip)
  const folder = mkdtempSync(join(tmpdir(), 'isptar-completion-'))
  try {
    const file = join(folder, 'script')
    writeFileSync(file, await completion(shell))
    const { stderr, status } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each(['bash', 'zsh', 'fish'])('%s knows every command and its options', async (shell) => {
  const script = await completion(shell)
  for (const command of [
    'create',
    'list',
    'ls',
    'extract',
    'cat',
    'info',
    'verify',
    'versions',
    'diff',
    'prune',
    'completion',
    'help',
  ])
    expect(script).toContain(command)
  const dashes = shell === 'fish' ? '-l ' : '--'
  for (const option of ['exclude-caches', 'strip-components', 'to-stdout', 'no-xattrs', 'tree', 'quick', 'quiet'])
    expect(script).toContain(dashes + option)
})

test.each(['zsh', 'fish'])('the script for %s', async (shell) => {
  await expect(await completion(shell)).toMatchFileSnapshot(`snapshots/completion-${shell}.txt`)
})
