import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { encodeText } from 'isptar'
import { expect, test } from 'vitest'
import { shellLine } from '../../src/text/shell-word.ts'

/** What a shell makes of a line: the arguments of a program it runs, each ended by NUL. */
function read(line: string): Buffer[] {
  const { stdout, status } = spawnSync('sh', ['-c', `show() { printf '%s\\0' "$@"; }; ${line}`])
  expect(status).toBe(0)
  const words: Buffer[] = []
  for (let from = 0; from < stdout.length; ) {
    const end = stdout.indexOf(0, from)
    words.push(stdout.subarray(from, end))
    from = end + 1
  }
  return words
}

test('plain words stay readable', () => {
  expect(shellLine(['isptar', 'client', '--', '/srv/site-1.2'])).toBe('isptar client -- /srv/site-1.2')
})

test('what a shell would read otherwise is quoted', () => {
  expect(shellLine(['show', 'a b', "it's", '$HOME', ''])).toBe(`show 'a b' 'it'\\''s' '$HOME' ''`)
})

test('bytes that are not UTF-8 are made on the other machine', () => {
  const line = shellLine(['show', 'a\udcff\n', '\udc80'])
  expect(line).toMatch(/^[\x20-\x7e]+$/)
  expect(read(line)).toEqual([Buffer.from([0x61, 0xff, 0x0a]), Buffer.from([0x80])])
})

test('any words come out as they went in', () => {
  const odd = `a 'b"c$d\`e\\f*g?h!i~j#k;l&m|n<o>p(q)r{s}\n\t-%=`
  const unit = fc.constantFrom(...odd.split(''), 'ß', '😀', '\udcff', '\udc80')
  fc.assert(
    fc.property(fc.array(fc.string({ unit, maxLength: 12 }), { minLength: 1, maxLength: 4 }), (words) => {
      expect(read(shellLine(['show', ...words]))).toEqual(words.map((word) => Buffer.from(encodeText(word))))
    }),
    { numRuns: 60 },
  )
})
