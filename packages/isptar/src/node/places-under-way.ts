/** Where files are going to be that are still on their way to disk, so that nothing is done there meanwhile. */
import { splitPlace } from './restore-root.ts'

/** Places of files on their way. */
export class PlacesUnderWay {
  readonly #places = new Set<string>()
  /** The folders that they are in, and how many in each. */
  readonly #parents = new Map<string, number>()
  /** The folder whose way was found free last. */
  #freeParent = ''

  /** Takes the place of a file, whose folder stands. */
  add(place: string): void {
    const [parent] = splitPlace(place)
    if (parent !== this.#freeParent) this.#freeParent = ''
    this.#places.add(place)
    this.#parents.set(parent, (this.#parents.get(parent) ?? 0) + 1)
  }

  /** Lets go of a place: its file is there, or is known not to come. */
  forget(place: string): void {
    const [parent] = splitPlace(place)
    this.#places.delete(place)
    const left = (this.#parents.get(parent) ?? 0) - 1
    if (left > 0) this.#parents.set(parent, left)
    else this.#parents.delete(parent)
  }

  /** Whether something at a place would meet a file that is on its way there, or to where a folder of the way would be. */
  meets(place: string): boolean {
    if (this.#places.size === 0) return false
    if (this.#places.has(place)) return true
    const [parent] = splitPlace(place)
    // No file gets on its way to where a folder stands.
    if (parent === this.#freeParent) return false
    for (let end = place.indexOf('/'); end >= 0; end = place.indexOf('/', end + 1))
      if (this.#places.has(place.slice(0, end))) return true
    this.#freeParent = parent
    return false
  }

  /** Whether files are on their way into the folder of a place, or below it. */
  hasBelow(place: string): boolean {
    for (const parent of this.#parents.keys()) if (parent === place || parent.startsWith(`${place}/`)) return true
    return false
  }
}
