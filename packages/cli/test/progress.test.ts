import { describe, expect, test } from 'vitest'
import { Context } from '../src/context.ts'
import { Progress, progressLine } from '../src/progress.ts'
import { fakeIo } from './fake-io.ts'

const STATE = { entryCount: 1234, dataBytes: 3 * 1024 ** 2, path: 'srv/site/index.html' }

describe('progressLine', () => {
  test('with a known end: bar, percentage, rate, time left, name', () => {
    expect(progressLine(STATE, 2, 12 * 1024 ** 2, 100)).toBe(
      ' 25% █████░░░░░░░░░░░░░░░  3.0 MiB of 12.0 MiB  1.5 MiB/s  0:06 left  srv/site/index.html',
    )
  })

  test('without: how much so far', () => {
    expect(progressLine(STATE, 2, undefined, 100)).toBe('3.0 MiB  1.5 MiB/s  1,234 entries  srv/site/index.html')
  })

  test('is never as wide as the terminal, keeps the end of the name, and escapes it', () => {
    const path = `${'long/'.repeat(40)}\u001b[2J.txt`
    for (let columns = 1; columns < 200; columns += 1)
      expect([...progressLine({ ...STATE, path }, 2, 10 ** 9, columns)].length).toBeLessThan(Math.max(columns, 1))
    expect(progressLine({ ...STATE, path }, 2, undefined, 80)).toMatch(/ {2}…\S*\\033\[2J\.txt$/)
  })

  test('neither no time nor no data divides by zero', () => {
    expect(progressLine({ entryCount: 0, dataBytes: 0, path: '' }, 0, 0, 80)).toContain('100%')
    expect(progressLine({ entryCount: 0, dataBytes: 0, path: '' }, 0, 10, 80)).toContain('-:-- left')
  })
})

describe('Progress', () => {
  test('is redrawn at most ten times a second, after a quiet start', () => {
    const io = fakeIo({ tty: true, columns: 80 })
    const progress = new Progress(io)
    for (io.clock = 0; io.clock < 1300; io.clock += 7) progress.update(STATE)
    expect(io.stderr.writes.length).toBeGreaterThan(5)
    expect(io.stderr.writes.length).toBeLessThanOrEqual(10)
  })

  test('is cleared once, and only when it was drawn', () => {
    const io = fakeIo({ tty: true, columns: 80 })
    const progress = new Progress(io)
    progress.clear()
    expect(io.stderr.text).toBe('')
    io.clock = 500
    progress.update(STATE)
    progress.clear()
    progress.clear()
    expect(io.stderr.text.endsWith('\u001b[?7h\r\r\u001b[K')).toBe(true)
    expect(io.stderr.writes.length).toBe(2)
  })

  test.each([
    ['a pipe', { tty: false }, {}],
    ['--quiet', { tty: true }, { quiet: true }],
    ['a dumb terminal', { tty: true, env: { TERM: 'dumb' } }, {}],
  ])('is absent with %s', (_name, ioOptions, options) => {
    const io = fakeIo(ioOptions)
    const progress = new Context(io, options).startProgress()
    io.clock = 10_000
    progress.update(STATE)
    expect(io.stderr.text).toBe('')
  })

  test('makes way for messages', async () => {
    const io = fakeIo({ tty: true, columns: 80, env: { NO_COLOR: '1' } })
    const context = new Context(io, {})
    const progress = context.startProgress()
    io.clock = 500
    progress.update(STATE)
    await context.warn('something is odd')
    expect(io.stderr.text).toMatch(/\u001b\[\?7h\r\r\u001b\[Kisptar: something is odd\n$/)
  })
})
