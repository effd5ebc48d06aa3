/**
 * Finds names that a file system which folds case or Unicode normalisation (APFS, NTFS, exFAT, …) takes for one. It
 * keeps every name it has seen, so it is used on such file systems only.
 */

/** Characters that HFS+ leaves out when it compares names. */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/**
 * Gives the form under which a folding file system may find a name; two names of one form may be one file.
 *
 * @param name - a component or a whole path
 */
export function foldName(name: string): string {
  return name.normalize('NFD').replace(IGNORED, '').toUpperCase().toLowerCase().normalize('NFD')
}

/** Remembers the spelling of every path and folder it was shown. */
export class NameRegister {
  readonly #spellings = new Map<string, string>()

  /**
   * Takes a path and its parents.
   *
   * @param place - components joined by `/`
   * @returns the spelling taken earlier that this one collides with, undefined when it is new or the same
   */
  claim(place: string): string | undefined {
    for (let end = place.indexOf('/'); ; end = place.indexOf('/', end + 1)) {
      const part = end < 0 ? place : place.slice(0, end)
      const folded = foldName(part)
      const earlier = this.#spellings.get(folded)
      if (earlier === undefined) this.#spellings.set(folded, part)
      else if (earlier !== part) return earlier
      if (end < 0) return undefined
    }
  }
}
