/**
 * What a walk leaves out: patterns as in a `.gitignore` that lies where the archive's paths begin, and the content of
 * cache folders (the Cache Directory Tagging Specification, https://bford.info/cachedir/).
 */
import { readFileSync } from 'node:fs'
import type { Ignore } from 'ignore'
import { decodeText } from '../bytes/text.ts'
import { fileError } from './file-error.ts'

/** Tells whether to leave out an entry; a folder left out is not entered. */
export interface ExcludeRules {
  (path: string, isFolder: boolean): boolean
  /** Patterns, but for those of files and those that take back, that left nothing out so far. */
  unmet(): readonly string[]
}

/** The matcher remembers every path it saw; after this many it begins anew, so that memory stays bounded. */
const REMEMBERED_PATHS = 16_384

/**
 * Makes one set of rules of patterns and files of patterns; later patterns overrule earlier ones, `!` takes back, and a
 * leading `./` stands for where paths begin.
 *
 * @param patterns - one a string
 * @param files - paths of files with one pattern a line, read now; their patterns come first
 * @returns undefined when there is no pattern
 * @throws StorageError when a file cannot be read
 */
export async function createExcludeRules(
  patterns: readonly string[] = [],
  files: readonly (string | Buffer)[] = [],
): Promise<ExcludeRules | undefined> {
  if (patterns.length === 0 && files.length === 0) return undefined
  // Loaded only here: whoever reads archives need not wait for it.
  const { default: ignore } = await import('ignore')
  const options = { ignoreCase: false }
  let rules = ignore(options)
    .add(files.flatMap((file) => readPatterns(file)).map(anchor))
    .add(patterns.map((pattern) => ({ pattern: anchor(pattern) })))
  // Each is tried alone: of several that match, the set tells one.
  const alone = (pattern: string): { pattern: string; rules: Ignore } => {
    return { pattern, rules: ignore(options).add({ pattern: anchor(pattern) }) }
  }
  let unmet = patterns.filter((pattern) => !pattern.startsWith('!')).map(alone)
  let tested = 0
  const excludes = (path: string, isFolder: boolean): boolean => {
    tested += 1
    if (tested % REMEMBERED_PATHS === 0) {
      rules = ignore(options).add(rules)
      unmet = unmet.map(({ pattern }) => alone(pattern))
    }
    const name = isFolder ? `${path}/` : path
    const excluded = rules.ignores(name)
    if (excluded && unmet.length > 0) unmet = unmet.filter((one) => !one.rules.ignores(name))
    return excluded
  }
  return Object.assign(excludes, { unmet: () => unmet.map(({ pattern }) => pattern) })
}

/** In a `.gitignore` a pattern that begins with `./` would match nothing. */
function anchor(pattern: string): string {
  return pattern.replace(/^(!?)(?:\.\/+)+/, '$1/')
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
