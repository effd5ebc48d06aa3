/** Words that look like words, and names made of them. */
import { ZipfList } from './random.mjs'

const ONSETS = 'b c d f g h l m n p r s t v w st tr pr ch sh cl gr br qu th'.split(' ')
const VOWELS = 'a e i o u a e i o ea ou io ai'.split(' ')
const CODAS = ' n r s t l m d x ck nt st ng ss  '.split(' ')
const WORDS = 12_000

/** Distinct words, the shorter ones first, as in real text. */
export class Vocabulary {
  /** Draws one word, common ones often. */
  text
  #random
  #words

  /** @param random - where it draws from */
  constructor(random) {
    this.#random = random
    const words = new Set()
    while (words.size < WORDS) words.add(this.#word(1 + Math.floor(words.size / 1500) / 3))
    this.#words = [...words]
    this.text = new ZipfList(random, this.#words, 1)
  }

  /** A name of one to three words in one of the usual styles. */
  name(style) {
    const words = Array.from({ length: 1 + this.#random.below(3) }, () => this.#random.pick(this.#words))
    if (style === 'snake') return words.join('_')
    if (style === 'upper') return words.join('_').toUpperCase()
    const capital = words.map((word) => word[0].toUpperCase() + word.slice(1))
    if (style === 'class') return capital.join('')
    return words[0] + capital.slice(1).join('')
  }

  /** A file's or folder's name, without a suffix. */
  fileName() {
    const word = this.#random.pick(this.#words)
    return this.#random.chance(0.4) ? `${word}${this.#random.chance(0.5) ? '-' : '_'}${this.text.draw()}` : word
  }

  /** Prose of that many words. */
  prose(count) {
    let text = ''
    for (let i = 0; i < count; i += 1) text += i === 0 ? this.text.draw() : ` ${this.text.draw()}`
    return text
  }

  #word(syllables) {
    let word = ''
    for (let i = 0; i < syllables; i += 1)
      word += this.#random.pick(ONSETS) + this.#random.pick(VOWELS) + this.#random.pick(CODAS)
    return word
  }
}
