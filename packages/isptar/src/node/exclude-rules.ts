/**
 * What a walk leaves out: patterns as in a `.gitignore` that lies where the archive's paths begin, and the content of
 * cache folders (the Cache Directory Tagging Specification, https://bford.info/cachedir/).
 */
import { readFileSync } from 'node:fs'
import ignore from 'ignore'
import { decodeText } from '../bytes/text.ts'
import { fileError } from './file-error.ts'

/** Tells whether to leave out an entry; a folder left out is not entered. */
export type ExcludeRules = (path: string, isFolder: boolean) => boolean

/** The matcher remembers every path it saw; after this many it begins anew, so that memory stays bounded. */
const REMEMBERED_PATHS = 16_384

/**
 * Makes one set of rules of patterns and files of patterns; later patterns overrule earlier ones, `!` takes back.
 *
 * @param patterns - one a string
 * @param files - paths of files with one pattern a line, read now; their patterns come first
 * @returns undefined when there is no pattern
 * @throws StorageError when a file cannot be read
 */
export function createExcludeRules(
  patterns: readonly string[] = [],
  files: readonly (string | Buffer)[] = [],
): ExcludeRules | undefined {
  if (patterns.length === 0 && files.length === 0) return undefined
  const options = { ignoreCase: false }
  let rules = ignore(options)
    .add(files.flatMap((file) => readPatterns(file)))
    .add(patterns.map((pattern) => ({ pattern })))
  let tested = 0
  return (path, isFolder) => {
    tested += 1
    if (tested % REMEMBERED_PATHS === 0) rules = ignore(options).add(rules)
    return rules.ignores(isFolder ? `${path}/` : path)
  }
}

function readPatterns(file: string | Buffer): string[] {
  try {
    return decodeText(readFileSync(file))
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
  } catch (error) {
    throw fileError(error, 'read', typeof file === 'string' ? file : decodeText(file))
  }
}
