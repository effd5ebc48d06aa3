/**
 * What makes two answers answers about the same bytes: the validator (ETag, else Last-Modified) and the size. Taken
 * from the first answer that has them, compared with every later one. No If-Match is sent: weak validators may not be
 * used in it, and comparing is enough.
 */

/** Remembers the version of a resource. */
export class HttpPin {
  #etag: string | undefined
  #lastModified: string | undefined
  #sizeBytes: number | undefined

  /** Size of the resource in bytes, once an answer told it. */
  get sizeBytes(): number | undefined {
    return this.#sizeBytes
  }

  /**
   * Compares an answer with the version that was pinned, and pins what was not known yet.
   *
   * @param headers - of the answer
   * @param sizeBytes - of the whole resource, where the answer tells it
   * @returns how the versions differ, in a few words, or undefined when they do not
   */
  compare(headers: Headers, sizeBytes: number | undefined): string | undefined {
    // A proxy may mark a validator as weak (W/) in one answer and not in the next.
    const etag = headers.get('etag')?.replace(/^W\//, '')
    const lastModified = headers.get('last-modified') ?? undefined
    const change =
      differ('size', this.#sizeBytes, sizeBytes) ??
      (etag !== undefined && this.#etag !== undefined
        ? differ('ETag', this.#etag, etag)
        : differ('Last-Modified', this.#lastModified, lastModified))
    if (change !== undefined) return change
    this.#etag ??= etag
    this.#lastModified ??= lastModified
    this.#sizeBytes ??= sizeBytes
    return undefined
  }
}

function differ<T extends string | number>(what: string, was: T | undefined, is: T | undefined): string | undefined {
  return was === undefined || is === undefined || was === is ? undefined : `its ${what} was ${was} and is now ${is}`
}
