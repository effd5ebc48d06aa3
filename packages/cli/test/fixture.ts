/** Where the archives are that the original program wrote. */
import { fileURLToPath } from 'node:url'

/** Path of a file of `fixtures/original`. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/original/${name}`, import.meta.url))
}
