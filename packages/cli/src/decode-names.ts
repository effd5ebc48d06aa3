/** Names that are not UTF-8, as entries' paths have them. A module of its own: what loads it wants nothing else. */
import { decodeText } from 'isptar'

/** Gives names as text; bytes that are not UTF-8 as lone surrogates. */
export function decodeNames(names: readonly Uint8Array[]): readonly string[] {
  return names.map((bytes) => decodeText(bytes))
}
