import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EXIT_CODES } from '../src/exit-code.ts'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'

const COMMANDS = [
  'create',
  'list',
  'extract',
  'cat',
  'serve',
  'info',
  'verify',
  'versions',
  'diff',
  'prune',
  'flatten',
  'merge',
  'split',
  'isolate',
  'pull',
  'client',
  'server',
  'completion',
]

async function help(...argv: string[]): Promise<string> {
  const io = fakeIo()
  expect(await run([...argv, '--help'], io)).toBe(0)
  expect(io.stderr.text).toBe('')
  return io.stdout.text
}

test('isptar --help', async () => {
  const text = await help()
  await expect(text).toMatchFileSnapshot('snapshots/help.txt')
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

test.each(COMMANDS)('isptar %s --help', async (command) => {
  const text = await help(command)
  await expect(text).toMatchFileSnapshot(`snapshots/help-${command}.txt`)
  expect(text).toContain('Examples:')
  for (const line of text.split('\n')) if (!line.startsWith('  $')) expect(line.length).toBeLessThanOrEqual(80)
})

test('isptar help list is isptar list --help', async () => {
  const io = fakeIo()
  expect(await run(['help', 'list'], io)).toBe(0)
  expect(io.stdout.text).toBe(await help('list'))
})

test('the version is the one of package.json', async () => {
  const io = fakeIo()
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(await run(['--version'], io)).toBe(0)
  expect(io.stdout.text).toBe(`${version}\n`)
})

test('the README has the same table of exit codes', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const [code, meaning] of EXIT_CODES) expect(readme).toContain(`| ${code} | ${meaning} |`)
})
