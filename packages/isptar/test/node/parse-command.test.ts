import { describe, expect, test } from 'vitest'
import { checkTemplate, parseCommand } from '../../src/node/parse-command.ts'

describe('parseCommand', () => {
  test.each<[string, readonly string[]]>([
    ['sync', ['sync']],
    ['  a  b\tc\n', ['a', 'b', 'c']],
    [`a 'b  c' "d  e" f\\ g`, ['a', 'b  c', 'd  e', 'f g']],
    [`a'b'"c"d`, ['abcd']],
    [`a '' ""`, ['a', '', '']],
    [`a "\\"" "\\\\" "\\n" '\\' \\'`, ['a', '"', '\\', '\\n', '\\', "'"]],
    [`a "it's" 'say "x"'`, ['a', "it's", 'say "x"']],
    ['a $HOME $(b) `c` ; d | e > f * ~', ['a', '$HOME', '$(b)', '`c`', ';', 'd', '|', 'e', '>', 'f', '*', '~']],
    ['a caf\udce9 \u{1F600}', ['a', 'caf\udce9', '\u{1F600}']],
  ])('splits %j', (text, words) => {
    expect(parseCommand(text)).toEqual(words)
  })

  test('leaves what is for a shell whole', () => {
    expect(parseCommand('a "b | c', { shell: true })).toEqual(['a "b | c'])
  })

  test.each<[string, RegExp]>([
    ['', /names no program/],
    [' \t', /names no program/],
    ["'' a", /names no program/],
    ["a 'b", /a ' is not closed in the command "a 'b"/],
    ['a "b', /a " is not closed/],
    ['a "b\\"', /a " is not closed/],
    ['a \\', /ends with a backslash/],
    ['a \0', /NUL/],
  ])('refuses %j', (text, message) => {
    expect(() => parseCommand(text)).toThrow(RangeError)
    expect(() => parseCommand(text)).toThrow(message)
  })

  test('refuses an empty text for a shell too', () => {
    expect(() => parseCommand(' ', { shell: true })).toThrow(RangeError)
  })
})

describe('checkTemplate', () => {
  test('takes the first letters of names, and %%', () => {
    expect(() => checkTemplate(['a', '%p', 'x%n%%y', '%%p'], ['path', 'number'])).not.toThrow()
  })

  test.each([['%q'], ['a%'], ['%%%'], ['% '], ['%P'], ['%\u{1F600}']])('refuses %j', (part) => {
    expect(() => checkTemplate(['a', part], ['path', 'number'])).toThrow(RangeError)
  })

  test('says what there is', () => {
    expect(() => checkTemplate(['a', 'x%q'], ['path', 'number'])).toThrow(
      '"%q" in the command "x%q" is not one of %p (path), %n (number), %% (a percent sign)',
    )
  })
})
