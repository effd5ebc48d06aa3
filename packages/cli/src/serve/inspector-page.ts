/** The page that shows archives: one file of HTML, in which they are named. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { StorageError } from 'isptar'

/** Where the page looks for archives; what is served stands in place of the empty list. */
const PLACE = '<meta name="isptar-archives" content="[]" />'

/** An archive as the page is told of it; addresses are relative to the page. */
export interface ServedDescription {
  /** What to call it, without folders. */
  readonly name: string
  /** Addresses of its slices, first to last, or of the one file it is. */
  readonly slices: readonly string[]
  /** Its bases, nearest first; null where one before another is not at hand. Of a base none are told. */
  readonly bases: readonly (ServedDescription | null)[]
  /** Address of its isolated catalogue. */
  readonly catalogue: string | null
  /** What the address of a file of it begins with; bases have none. */
  readonly files?: string
}

/**
 * Reads the page, which lies beside the bundled command.
 *
 * @throws StorageError of kind `not-found` when it was not built
 */
export async function readPage(): Promise<string> {
  const path = fileURLToPath(new URL('./inspector.html', import.meta.url))
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new StorageError(
      `the page that shows archives cannot be read: ${path}; build the command again, or install it anew`,
      { operation: 'open', location: path, kind: 'not-found', cause },
    )
  }
}

/**
 * Names the archives in the page.
 *
 * @throws StorageError when the page has not exactly one place for them
 */
export function fillPage(html: string, archives: readonly ServedDescription[]): string {
  const [before, after, ...others] = html.split(PLACE)
  if (before !== undefined && after !== undefined && others.length === 0)
    return `${before}<meta name="isptar-archives" content="${escapeAttribute(JSON.stringify(archives))}" />${after}`
  throw new StorageError('the page that shows archives is one of another version; build the command again', {
    operation: 'read',
    location: 'inspector.html',
    kind: 'other',
  })
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES.get(char) ?? char)
}
