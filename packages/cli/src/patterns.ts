/**
 * Picks entries by what stands on the command line: an exact path, a folder (with all below it) or a glob. A pattern
 * that names an entry as it is stored needs no quoting, whatever characters it holds.
 */
import type picomatch from 'picomatch'

interface Pattern {
  readonly text: string
  readonly literal: string
  readonly matchesGlob: ((path: string) => boolean) | undefined
  used: boolean
}

/** The patterns of one command, and which of them met an entry. */
export class PatternSet {
  readonly #patterns: readonly Pattern[]

  private constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns
  }

  /**
   * Makes a set. What globs take is loaded only where there are any.
   *
   * @param patterns - none means every entry
   */
  static async of(patterns: readonly string[]): Promise<PatternSet> {
    const matcher = patterns.some((text) => isGlob(trimPath(text))) ? (await import('picomatch')).default : undefined
    return new PatternSet(patterns.map((text) => parsePattern(text, matcher)))
  }

  /** Whether every entry is meant. */
  get isEmpty(): boolean {
    return this.#patterns.length === 0
  }

  /** The one path or folder that is meant, when the patterns are just that. */
  get onlyFolder(): string | undefined {
    const [first] = this.#patterns
    return this.#patterns.length === 1 && first !== undefined && first.matchesGlob === undefined
      ? first.literal
      : undefined
  }

  /** Patterns that no entry matched so far, as given. */
  get unused(): readonly string[] {
    return this.#patterns.filter((pattern) => !pattern.used).map((pattern) => pattern.text)
  }

  /**
   * Tells whether an entry is meant, and remembers by which patterns.
   *
   * @param path - as stored; a leading `./` does not matter
   */
  matches(path: string): boolean {
    if (this.isEmpty) return true
    const name = trimPath(path)
    let matched = false
    for (const pattern of this.#patterns) {
      if (matched && pattern.used) continue
      if (!matchesPattern(pattern, name)) continue
      pattern.used = true
      matched = true
    }
    return matched
  }
}

/** Takes leading `./` and trailing `/` off: what a shell's completion adds and archives do not store. */
export function trimPath(path: string): string {
  return path.replace(/^(?:\.\/+)+(?=.)/, '').replace(/(?<=[^/])\/+$/, '')
}

/** Tells whether a pattern has characters that mean something in a glob. */
export function isGlob(pattern: string): boolean {
  return /[*?[{]|[@!+]\(/.test(pattern)
}

function parsePattern(text: string, matcher: typeof picomatch | undefined): Pattern {
  const literal = trimPath(text)
  // A pattern without a folder is meant for names in every folder, as in .gitignore: '*.conf'.
  const options = { dot: true, nonegate: true, basename: !literal.includes('/') }
  return { text, literal, matchesGlob: isGlob(literal) ? matcher?.(literal, options) : undefined, used: false }
}

function matchesPattern(pattern: Pattern, path: string): boolean {
  const { literal, matchesGlob } = pattern
  if (path.startsWith(literal) && (path.length === literal.length || path[literal.length] === '/')) return true
  if (literal === '.') return true
  if (matchesGlob === undefined) return false
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (matchesGlob(path.slice(0, end))) return true
  }
  return false
}
