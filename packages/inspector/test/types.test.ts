/** The types that applications get: they need no package beside this one. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const PACKAGE = join(import.meta.dirname, '..')
const TSC = join(PACKAGE, '../../node_modules/typescript/bin/tsc')

const APPLICATION = `
import { IsptarInspector, TroubleError } from '@isptar/inspector'
const found = document.querySelector('isptar-inspector')
found?.addEventListener('isptar-open', ({ detail }) => { const count: number | undefined = detail.entryCount; return count })
const made: IsptarInspector = new IsptarInspector()
made.open(new URL('mon.tgz', location.href), { bases: ['sun.tgz'] })
  .then(({ name }) => name.length, (error: unknown) => error instanceof TroubleError && error.trouble.kind)
// @ts-expect-error
made.session
`

test('are whole without the libraries that it is made with', () => {
  const folder = mkdtempSync(join(tmpdir(), 'isptar-types-'))
  try {
    const installed = join(folder, 'node_modules/@isptar/inspector')
    for (const name of ['package.json', 'dist']) cpSync(join(PACKAGE, name), join(installed, name), { recursive: true })
    writeFileSync(join(folder, 'application.ts'), APPLICATION)
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,dom']
    const { stdout } = spawnSync(process.execPath, [TSC, ...options, '--types', '', 'application.ts'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(stdout).toBe('')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
