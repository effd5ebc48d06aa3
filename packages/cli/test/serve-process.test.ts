/** The built `isptar serve` as a process. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixture } from './fixture.ts'
import { PAGE, send } from './serve-scene.ts'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const built = existsSync(join(PACKAGE, 'dist/main.js'))
if (!built) console.log('the command is not built: its server is not tried out; run the build first')

describe.runIf(built)('the process', () => {
  let folder = ''
  // A copy of the command, whose page is the one of these tests.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isptar-serve-'))
    cpSync(join(PACKAGE, 'package.json'), join(folder, 'package.json'))
    cpSync(join(PACKAGE, 'dist'), join(folder, 'dist'), { recursive: true })
    writeFileSync(join(folder, 'dist/inspector.html'), PAGE)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function start(): ChildProcess {
    const args = [join(folder, 'dist/main.js'), 'serve', fixture('plain/archive.tgz')]
    return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  }

  async function addressOf(child: ChildProcess): Promise<URL> {
    const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer]
    expect(line.toString()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/\n$/)
    return new URL(line.toString().trim())
  }

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with 0, while an answer is under way, too', async (signal) => {
    const child = start()
    let stderr = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    const { port, pathname } = await addressOf(child)
    const page = await send(Number(port), pathname)
    expect(page.body.toString()).toContain('archives/0/archive.tgz')
    const kept = await fetch(`http://127.0.0.1:${port}${pathname}archives/0/archive.tgz`)
    expect(kept.status).toBe(200)
    child.kill(signal)
    const [code] = (await once(child, 'close')) as [number | null]
    expect([code, stderr]).toEqual([0, ''])
    await kept.arrayBuffer().catch(() => {})
    await expect(send(Number(port), pathname)).rejects.toThrow(/ECONNREFUSED/)
  })

  test('without its page it says so', () => {
    const lacking = join(folder, 'lacking')
    cpSync(join(folder, 'dist'), join(lacking, 'dist'), { recursive: true })
    cpSync(join(PACKAGE, 'package.json'), join(lacking, 'package.json'))
    rmSync(join(lacking, 'dist/inspector.html'))
    const args = [join(lacking, 'dist/main.js'), 'serve', fixture('plain/archive.tgz')]
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(stderr).toMatch(/^isptar: the page that shows archives cannot be read: \S+dist\/inspector\.html; build/)
    expect(status).toBe(10)
  })
})
