import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UsageError } from '../src/command-io.ts'
import { parseInput, partNameOf } from '../src/merge-inputs.ts'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  for (const file of ['12:30.tgz', 'a=b.tgz', 'sliced:1.tgz.part1']) writeFileSync(join(folder, file), '')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an input', () => {
  test.each([
    ['site.tgz', undefined, 'site.tgz', undefined],
    ['old=site.tgz', 'old', 'site.tgz', undefined],
    ['week.tgz:monday', undefined, 'week.tgz', 'monday'],
    ['old=/backups/week.tgz:monday', 'old', '/backups/week.tgz', 'monday'],
    ['a name=site.tgz:a part', 'a name', 'site.tgz', 'a part'],
    ['./a=b.tgz', undefined, './a=b.tgz', undefined],
    ['https://example.org/site.tgz', undefined, 'https://example.org/site.tgz', undefined],
    ['https://example.org:8080/site.tgz?sig=1', undefined, 'https://example.org:8080/site.tgz?sig=1', undefined],
    ['x=https://example.org:8080/week.tgz:monday', 'x', 'https://example.org:8080/week.tgz', 'monday'],
  ])('%s', (text, name, archive, part) => {
    expect(parseInput(text)).toEqual({ name, archive, part })
  })

  test.each(['12:30.tgz', 'a=b.tgz', 'sliced:1.tgz'])('%s is one name where such a file is there', (file) => {
    const archive = join(folder, file)
    expect(parseInput(archive)).toEqual({ name: undefined, archive, part: undefined })
    expect(parseInput(`x=${archive}`)).toEqual({ name: 'x', archive, part: undefined })
  })

  test.each(['=site.tgz', 'x=', ''])('%j is refused', (text) => {
    expect(() => parseInput(text)).toThrow(UsageError)
  })
})

test.each([
  ['/backups/site.tgz', 'site'],
  ['site.tar.gz', 'site'],
  ['site.tgz.part12', 'site'],
  ['site', 'site'],
  ['.tgz', '.tgz'],
  ['https://example.org/b/site%20two.tgz?key=1', 'site two'],
])('the part of %s is named %s', (file, name) => expect(partNameOf(file)).toBe(name))
