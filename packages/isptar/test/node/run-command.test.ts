import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { encodeText } from '../../src/bytes/text.ts'
import { CommandError } from '../../src/errors.ts'
import { parseCommand } from '../../src/node/parse-command.ts'
import { runCommand } from '../../src/node/run-command.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  // Says what it was given, each word ended by a NUL, in a file that ends the same way.
  writeFileSync(at('tell'), `printf '%s\\0' "$@" "$ISPTAR_PATH" > "${at('told')}"\n`)
})

afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

function at(name: string): string {
  return join(folder, name)
}

/** What `tell` was given, as bytes one to one; at the end comes the variable. */
function told(): readonly string[] {
  return readFileSync(at('told'), 'latin1').split('\0').slice(0, -1)
}

function bytesOf(text: string): string {
  return Buffer.from(encodeText(text)).toString('latin1')
}

async function failureOf(promise: Promise<void>): Promise<CommandError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof CommandError) return error
  throw new Error('no CommandError', { cause: error })
}

/** Names that would do something if a shell read them. */
const ATTACKS = [
  `a; touch ran`,
  `$(touch ran)`,
  '`touch ran`',
  `a\ntouch ran\n`,
  `' ; touch ran ; '`,
  `" ; touch ran ; "`,
  `'"'"'; touch ran #`,
  `"$(touch ran)"`,
  `a && touch ran`,
  `a | touch ran`,
  `\${IFS}touch\${IFS}ran`,
  `\\'; touch ran; \\'`,
  '*',
  '~',
  '',
  ' ',
  'a  b',
  'end\n\n',
  'caf\udce9; touch ran',
  `\udcff'$(touch ran)\n\n`,
]

describe('values', () => {
  test.each(ATTACKS)('%j is one argument', async (path) => {
    await runCommand(['/bin/sh', at('tell'), '%p', 'x%p%%y'], { path }, { cwd: folder })
    expect(told()).toEqual([bytesOf(path), bytesOf(`x${path}%y`), bytesOf(path)])
    expect(readdirSync(folder)).toEqual(['tell', 'told'])
  })

  test.each(ATTACKS)('%j is one argument of a shell', async (path) => {
    const text = `sh '${at('tell')}' %p x%p%%y "<%p>" '<%p>' "$ISPTAR_PATH" && echo > done`
    await runCommand(parseCommand(text, { shell: true }), { path }, { cwd: folder, shell: true })
    const bytes = bytesOf(path)
    expect(told()).toEqual([bytes, `x${bytes}%y`, `<${bytes}>`, `<${bytes}>`, bytes, bytes])
    expect(readdirSync(folder)).toEqual(['done', 'tell', 'told'])
  })

  test.each(ATTACKS)('%j is never run where the quotes are misread', async (path) => {
    const texts = ['echo "$(echo "%p")"', 'echo `echo "%p"`', 'cat <<END\n"it\'s %p"\nEND', `# don't\necho %p "'%p'"`]
    for (const text of texts) await runCommand([`exec > told\n${text}`], { path }, { cwd: folder, shell: true })
    expect(readdirSync(folder)).toEqual(['tell', 'told'])
  })

  test('any text comes through, with and without a shell', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 }).map((value) => value.replaceAll('\0', ''))
    const raw = fc.integer({ min: 0xdc80, max: 0xdcff }).map((code) => String.fromCharCode(code))
    const path = fc
      .array(fc.oneof(text, raw, fc.constantFrom("'", '"', '\n', '\\', '-', '$(')))
      .map((all) => all.join(''))
    await fc.assert(
      fc.asyncProperty(path, fc.boolean(), async (value, shell) => {
        // Surrogates that met by chance stand for no bytes.
        fc.pre(!/[\uD800-\uDBFF](?=\uDC80)/.test(value))
        const template = shell ? [`sh '${at('tell')}' %p "%p" '%p'`] : ['/bin/sh', at('tell'), '%p', '%p', '%p']
        await runCommand(template, { path: value }, { shell })
        const given = bytesOf(value.startsWith('-') ? `./${value}` : value)
        expect(told()).toEqual([given, given, given, given])
      }),
      { numRuns: 40 },
    )
  })

  test.each([false, true])('none is taken for an option (shell: %s)', async (shell) => {
    const template = shell ? [`sh '${at('tell')}' %p`] : ['sh', at('tell'), '%p']
    await runCommand(template, { path: '-rf' }, { shell })
    expect(told()).toEqual(['./-rf', './-rf'])
  })

  test('letters in values stay', async () => {
    await runCommand(['sh', at('tell'), '%p%n'], { path: '%n%%$&', number: '%p' })
    expect(told()).toEqual(['%n%%$&%p', '%n%%$&'])
  })

  test('a program and literal words may be any bytes too', async () => {
    await runCommand(['sh', at('tell'), 'caf\udce9'], {})
    expect(told()).toEqual(['caf\xe9', ''])
  })

  test('a NUL and a letter without a value are refused before anything runs', async () => {
    await expect(runCommand(['sh', at('tell'), '%p'], { path: 'a\0b' })).rejects.toThrow(RangeError)
    await expect(runCommand(['sh', at('tell'), '%p'], {})).rejects.toThrow(RangeError)
    expect(existsSync(at('told'))).toBe(false)
  })
})

describe('runCommand', () => {
  test('runs where it is told to, in the environment it is told', async () => {
    await runCommand(
      ['echo "$A$ISPTAR_PATH" > here; cat >> here'],
      { path: 'p' },
      { cwd: folder, shell: true, env: { A: 'a' } },
    )
    expect(readFileSync(at('here'), 'utf8')).toBe('ap\n')
  })

  test('says how a command failed', async () => {
    const error = await failureOf(runCommand(parseCommand(`sh -c 'exit 3'`), {}))
    expect(error.message).toBe(
      'the command failed with exit code 3: sh -c "exit 3"; what it said stands on standard error',
    )
    expect(error).toMatchObject({ code: 'command', command: 'sh -c "exit 3"', exitCode: 3, signal: undefined })
  })

  test('says what killed it', async () => {
    const error = await failureOf(runCommand(['kill -9 $$'], {}, { shell: true }))
    expect(error.message).toMatch(/^the command was killed by SIGKILL: kill -9 \$\$;/)
    expect(error).toMatchObject({ exitCode: undefined, signal: 'SIGKILL' })
  })

  test('says that there is no such program', async () => {
    const error = await failureOf(runCommand([at('none'), '%p'], { path: 'x' }))
    expect(error.message).toBe(
      `the command could not be started: ${at('none')} x: no such program; check its name, its rights and PATH`,
    )
    expect(error).toMatchObject({ exitCode: undefined, signal: undefined })
  })

  test('says that a program may not be run', async () => {
    expect((await failureOf(runCommand([at('tell')], {}))).message).toMatch(/could not be started: .*EACCES/)
  })

  test('does not start when it is aborted already', async () => {
    const reason = new Error('enough')
    const running = runCommand(['sh', at('tell')], {}, { signal: AbortSignal.abort(reason) })
    await expect(running).rejects.toBe(reason)
    expect(existsSync(at('told'))).toBe(false)
  })

  test('an abort ends the command, which may clean up', async () => {
    const controller = new AbortController()
    const text = `trap 'echo > cleaned; exit' TERM; echo > started; for i in $(seq 200); do sleep 0.05; done`
    const running = runCommand([text], {}, { cwd: folder, shell: true, signal: controller.signal })
    while (!existsSync(at('started'))) await setImmediate()
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(existsSync(at('cleaned'))).toBe(true)
  })

  test('what does not heed the abort is killed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const controller = new AbortController()
    const text = `trap '' TERM; echo > started; for i in $(seq 200); do sleep 0.05; done`
    const running = runCommand([text], {}, { cwd: folder, shell: true, signal: controller.signal })
    while (!existsSync(at('started'))) await setImmediate()
    controller.abort(new Error('enough'))
    vi.advanceTimersByTime(5000)
    await expect(running).rejects.toThrow('enough')
  })
})
