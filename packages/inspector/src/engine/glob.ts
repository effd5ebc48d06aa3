/** Globs as regular expressions: `*`, `?`, `[a-z]`, `[!a]`, `{this,that}`, and `**` for any number of folders. */

const SPECIAL = /[\\^$.*+?()[\]{}|]/g

/**
 * Makes the expression of a glob; it matches whole texts, in any case. What is not closed stands for itself, and so does
 * what follows a backslash. The work is at most quadratic in the glob.
 */
export function globExpression(glob: string): RegExp {
  return new RegExp(`^${new GlobReader(glob).alternatives('')}$`, 'isu')
}

/** Reads a glob from its beginning to its end. */
class GlobReader {
  readonly #glob: string
  #at = 0
  /** Where braces begin that are none: each is read in vain once only, however they are nested. */
  readonly #literalBraces = new Set<number>()

  constructor(glob: string) {
    this.#glob = glob
  }

  /** Reads up to one of the ends, or to the last character; gives the expression. */
  alternatives(ends: string): string {
    let found = ''
    while (this.#at < this.#glob.length && !ends.includes(this.#glob.charAt(this.#at))) found += this.#next()
    return found
  }

  #next(): string {
    const char = this.#glob.charAt(this.#at)
    if (char === '*') return this.#stars()
    this.#at += 1
    if (char === '?') return '[^/]'
    if (char === '[') return this.#set()
    if (char === '{') return this.#braces()
    if (char !== '\\' || this.#at === this.#glob.length) return escaped(char)
    this.#at += 1
    return escaped(this.#glob.charAt(this.#at - 1))
  }

  /** Two stars between slashes are folders, none included; all others are a part of a name. */
  #stars(): string {
    const start = this.#at
    while (this.#glob[this.#at] === '*') this.#at += 1
    const isFolders = this.#at - start === 2 && (start === 0 || this.#glob[start - 1] === '/')
    if (isFolders && this.#at === this.#glob.length) return '.*'
    if (!isFolders || this.#glob[this.#at] !== '/') return '[^/]*'
    this.#at += 1
    return '(?:.*/)?'
  }

  #set(): string {
    const body = /^([!^]?)(\]?[^\]/]*)\]/.exec(this.#glob.slice(this.#at))
    const [whole, not = '', chars = ''] = body ?? []
    if (whole === undefined || chars === '') return escaped('[')
    // Ranges that go backwards are none.
    const ranges = chars.replace(/(.)-(.)|./gsu, (char, from: string | undefined, to = '') => {
      if (from === undefined) return escapedInSet(char)
      return isInOrder(from, to) ? `${escapedInSet(from)}-${escapedInSet(to)}` : ''
    })
    this.#at += whole.length
    return `(?!/)[${not === '' ? '' : '^'}${ranges}]`
  }

  #braces(): string {
    const start = this.#at
    if (this.#literalBraces.has(start)) return escaped('{')
    const choices: string[] = []
    do {
      choices.push(this.alternatives(',}'))
      this.#at += 1
    } while (this.#glob[this.#at - 1] === ',')
    if (this.#glob[this.#at - 1] === '}' && choices.length > 1) return `(?:${choices.join('|')})`
    this.#literalBraces.add(start)
    this.#at = start
    return escaped('{')
  }
}

function isInOrder(from: string, to: string): boolean {
  return (from.codePointAt(0) ?? 0) <= (to.codePointAt(0) ?? 0)
}

function escapedInSet(char: string): string {
  return char.replace(/[\\\][^-]/, '\\$&')
}

function escaped(char: string): string {
  return char.replace(SPECIAL, '\\$&')
}
