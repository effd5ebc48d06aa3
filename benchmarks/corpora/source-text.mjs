/**
 * Text that packs like source code: files of a project share a licence head, imports and names, files of a folder share
 * more names, lines follow idioms, and new lines are often old ones with another name in them.
 */
/** `$` a name of the file, `@` a name of the folder, `~` a word, `#` a number; two blanks stand for one indent. */
const IDIOMS = [
  'if ($.@ === undefined) return ~',
  'const $ = @($, #)',
  'const $ = $.@(~)',
  'for (let $ = #; $ < $.length; $ += 1) {',
  '  $.@[$] = $ + #',
  '}',
  'return $.@($, $)',
  'this.$ = @',
  "throw new Error('~ ~ ~ ~: ' + $)",
  '// ~ ~ ~ ~ ~ ~ ~ ~ ~ ~',
  ' * ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~',
  ' * @param $ - ~ ~ ~ ~ ~',
  '  $: @,',
  "  '~': $,",
  '  ~: #,',
  'export function $($, @) {',
  'case $: {',
  '  break',
  'await $.@({ $, ~: # })',
  'expect($(#)).toBe(#)',
  'assert $ == @, "~ ~ ~"',
  'static int $(struct @ *$, size_t $)',
  '  $->@ = $;',
  'if (!$ || $->@ < #) {',
  '} else {',
  'self.$ = @($, ~=#)',
  "print('~: {} ~'.format($.@))",
  '#define $ 0x#',
  '',
  '',
]
/** Names of one file, of which some come often: the square of an even number is small more often than not. */
class NearNames {
  #random
  #names

  constructor(random, names) {
    this.#random = random
    this.#names = names
  }

  draw() {
    const even = this.#random.bits() / 4294967296
    return this.#names[Math.floor(even * even * this.#names.length)]
  }
}

const STYLES = ['camel', 'camel', 'snake', 'class', 'upper']
const SLOT = /[$@~#]/

/**
 * How much text repeats. `licenceLines` stand at the head of a file; `altered` is how probably a line is an earlier one
 * with another name in it; `idioms` is how many shapes of lines a file has; `names` how many of its own, and one more for
 * `bytesPerName`; `shared` how many of its folder's.
 */
export const SOURCE_CODE = {
  licenceLines: [0, 2, 6],
  altered: 0.41,
  idioms: 24,
  names: 8,
  bytesPerName: 220,
  shared: 2,
}
/** The same for files of a kilobyte, which repeat themselves and each other more. */
export const SMALL_FILES = { licenceLines: [0, 1], altered: 0.28, idioms: 6, names: 3, bytesPerName: 350, shared: 2 }

/** What files of one project have in common. */
export class Project {
  #random
  #vocabulary
  #habits
  #licence
  #imports
  #names
  #folderNames
  #idioms

  /** @param random - where it draws from @param vocabulary - the words of the corpus @param habits - how its text repeats */
  constructor(random, vocabulary, habits) {
    this.#random = random
    this.#vocabulary = vocabulary
    this.#habits = habits
    this.#licence = Array.from({ length: random.pick(habits.licenceLines) }, () => ` * ${vocabulary.prose(11)}\n`).join(
      '',
    )
    this.#names = this.#newNames(500)
    this.#imports = Array.from(
      { length: 80 },
      () => `import { ${random.pick(this.#names)} } from './${vocabulary.fileName()}'\n`,
    )
    this.#idioms = Array.from({ length: 90 }, () => random.pick(IDIOMS)).map((idiom) => this.#make(idiom))
    this.enterFolder()
  }

  /** From now on files are of another folder, with names of its own. */
  enterFolder() {
    const shared = Array.from({ length: 40 }, () => this.#random.pick(this.#names))
    this.#folderNames = [...this.#newNames(20), ...shared]
  }

  /** The text of one file of about that many bytes; latin1. */
  file(sizeBytes) {
    const random = this.#random
    const { names, bytesPerName, shared, idioms, altered } = this.#habits
    const own = this.#newNames(names + Math.floor(sizeBytes / bytesPerName))
    const near = new NearNames(random, [...own, ...this.#some(this.#folderNames, shared)])
    const shapes = this.#some(this.#idioms, idioms)
    let text = this.#licence === '' ? '' : `/*\n${this.#licence} */\n`
    for (let i = random.below(4); i > 0; i -= 1) text += random.pick(this.#imports)
    const lines = []
    while (text.length < sizeBytes) {
      const line = lines.length > 4 && random.chance(altered) ? this.#altered(lines, near) : this.#line(shapes, near)
      if (lines.length < 60) lines.push(line)
      else lines[random.below(60)] = line
      text += line
    }
    return text.slice(0, sizeBytes)
  }

  /** Splits an idiom into [text, slot, text, …, text]. */
  #make(idiom) {
    const indent = '  '.repeat(this.#random.below(4))
    const parts = [indent]
    for (const char of idiom) {
      if (SLOT.test(char)) parts.push(char, '')
      else parts[parts.length - 1] += char
    }
    parts[parts.length - 1] += '\n'
    return parts
  }

  #line(shapes, near) {
    const parts = this.#random.pick(shapes)
    let line = parts[0]
    for (let i = 1; i < parts.length; i += 2) {
      const slot = parts[i]
      if (slot === '$') line += near.draw()
      else if (slot === '@') line += this.#random.chance(0.84) ? near.draw() : this.#random.pick(this.#folderNames)
      else if (slot === '~') line += this.#vocabulary.text.draw()
      else line += this.#random.below(this.#random.chance(0.8) ? 8 : 5000)
      line += parts[i + 1]
    }
    return line
  }

  /** A line that was there, with one word of it exchanged. */
  #altered(lines, near) {
    const line = this.#random.pick(lines)
    const from = line.indexOf('(')
    if (from < 0) return line
    const to = line.slice(from + 1).search(/\W/)
    return line.slice(0, from + 1) + near.draw() + line.slice(from + 1 + to)
  }

  #newNames(count) {
    return Array.from({ length: count }, () => this.#vocabulary.name(this.#random.pick(STYLES)))
  }

  #some(list, count) {
    return Array.from({ length: count }, () => this.#random.pick(list))
  }
}
