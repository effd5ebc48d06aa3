/** Letters typed one after the other, to go to a name. */

/** After so many milliseconds the next letter begins a new name. */
const PAUSE_MS = 800

/** Gathers letters. */
export class TypedText {
  #text = ''
  #lastAt = 0

  /** Takes a key; gives what was typed up to it, undefined where it is no letter. */
  take({ key, ctrlKey, metaKey, altKey, timeStamp }: KeyboardEvent): string | undefined {
    if (ctrlKey || metaKey || altKey || [...key].length !== 1 || key === '/') return undefined
    const isNew = timeStamp - this.#lastAt > PAUSE_MS
    this.#lastAt = timeStamp
    // The same letter again goes to the next name with it.
    if (isNew || this.#text === key) this.#text = key
    else this.#text += key
    return this.#text
  }
}
