/** Globs find what they find elsewhere. */
import fc from 'fast-check'
import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { globExpression } from '../../src/engine/glob.ts'

describe('globs', () => {
  it.each([
    ['*.txt', ['a.txt', '.txt', 'A.TXT', 'a\nb.txt'], ['a.txt.gz', 'a/b.txt']],
    ['**/*.txt', ['a.txt', 'a/b.txt', 'a/b/c.txt'], ['a.txt/b']],
    ['a/**', ['a/b', 'a/b/c'], ['b/a', 'ab']],
    ['a/**/z', ['a/z', 'a/b/c/z'], ['az', 'a/bz']],
    ['?[0-9]', ['a1', 'é9'], ['a', 'a10', '/1']],
    ['[!ab]c', ['cc', 'xc'], ['ac', 'Bc', 'c', '/c']],
    ['[]-]x', [']x', '-x'], ['ax']],
    ['*.{png,jp{e,}g}', ['a.png', 'a.jpg', 'a.jpeg'], ['a.{png', 'a.gif']],
    ['[a^-,]', ['a'], ['^', ',']],
    ['[a-c^\\]]', ['b]', '^]', '\\]'], ['b', '^']],
    ['[\u{1f600}-\u{1f602}]?', ['\u{1f601}\u{1f601}'], ['\u{1f601}', '\u{1f603}a']],
    ['[z-a', ['[z-a'], ['z', 'b']],
    ['{a,b', ['{a,b'], ['a']],
    ['{a}', ['{a}'], ['a']],
    ['\\*', ['*'], ['a']],
    ['$^.+()|', ['$^.+()|'], ['']],
  ])('%s', (glob, found, others) => {
    const expression = globExpression(glob)
    expect(found.filter((text) => !expression.test(text))).toEqual([])
    expect(others.filter((text) => expression.test(text))).toEqual([])
  })

  it('agree with picomatch', () => {
    const part = fc.constantFrom('a', 'b', 'c1', '*', '?', '[ab]', '[!a]', '[a-c]', '{a,b}', '{a,{b,c}}', '.', 'B')
    const segment = fc.oneof(
      fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
      fc.constant('**'),
    )
    const glob = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'))
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.'), minLength: 1, maxLength: 3 })
    const path = fc
      .array(
        name.filter((one) => !/^\.+$/.test(one)),
        { minLength: 1, maxLength: 4 },
      )
      .map((names) => names.join('/'))
    fc.assert(
      fc.property(glob, fc.array(path, { minLength: 20, maxLength: 20 }), (pattern, paths) => {
        // Stars beside others in one name, and dots alone, are matters of taste.
        fc.pre(
          !/\*[*?]|\?\*|\*\}|(^|\/)\.*(\/|$)/.test(pattern.replaceAll('**', 'S')) && !/[^/]\*\*|\*\*[^/]/.test(pattern),
        )
        const theirs = picomatch.makeRe(pattern, { dot: true, posix: true, flags: 'is' })
        const ours = globExpression(pattern)
        // Theirs takes `a` for something in `a/**`.
        for (const one of paths)
          if (theirs.test(one) !== theirs.test(`${one}/`) || !pattern.endsWith('/**'))
            expect([pattern, one, ours.test(one)]).toEqual([pattern, one, theirs.test(one)])
      }),
      { numRuns: 2000 },
    )
  })

  it('take any text', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            'a',
            '*',
            '?',
            '[',
            ']',
            '{',
            '}',
            ',',
            '!',
            '^',
            '-',
            '\\',
            '/',
            '$',
            'é',
            '\u{1f600}',
          ),
        }),
        (glob) => {
          expect(globExpression(glob).flags).toBe('isu')
        },
      ),
      { numRuns: 5000 },
    )
  })
})

it('braces that are never closed, or have one choice, take no more time than others', () => {
  expect(globExpression('{'.repeat(2000)).test('{'.repeat(2000))).toBe(true)
  expect(globExpression(`${'{'.repeat(200)}a${'}'.repeat(200)}`).test(`${'{'.repeat(200)}a${'}'.repeat(200)}`)).toBe(
    true,
  )
  expect(globExpression('{{{a,b}').test('{{b')).toBe(true)
})
