/** Reads which part of a resource is asked for (RFC 9110, 14). */

/** Bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * Reads a Range header.
 *
 * @param header - as it came
 * @param sizeBytes - of the resource
 * @returns undefined for the whole: there is none, it makes no sense, or it asks for several
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^\s*bytes\s*=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const start = Math.max(0, sizeBytes - Number(last))
    return start < sizeBytes ? { start, end: sizeBytes } : 'unsatisfiable'
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return undefined
  const end = last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1)
  return start < sizeBytes ? { start, end } : 'unsatisfiable'
}
