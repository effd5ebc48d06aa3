/** The archives that the page's server has, as it names them in the page. */
import type { OpenRequest } from './contract/archive-calls.ts'
import { placeOf } from './session/places.ts'
import type { OfferedArchive } from './session/session-state.ts'

/** Reads `<meta name="isptar-archives">`; addresses in it are relative to the page. */
export function servedArchives(): readonly OfferedArchive[] {
  const text = document.querySelector<HTMLMetaElement>('meta[name=isptar-archives]')?.content ?? '[]'
  const list: unknown = JSON.parse(text)
  return objects(list).map((archive) => ({ name: String(archive['name']), request: requestOf(archive) }))
}

/** Gives what each is called in the page's address: by its name, and where others before it have that, too, by its place among them. */
export function servedKeys(archives: readonly OfferedArchive[]): readonly string[] {
  const counts = new Map<string, number>()
  return archives.map(({ name }) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name}/${count}`
  })
}

function requestOf({ slices, bases, catalogue }: Readonly<Record<string, unknown>>): OpenRequest {
  const place = (address: unknown): OpenRequest['places'][number] => placeOf(String(address), document.baseURI)
  return {
    places: Array.isArray(slices) ? slices.map(place) : [],
    // Where a base before another is not at hand there is null.
    bases: Array.isArray(bases) ? bases.map((base: unknown) => objects([base]).map(requestOf)[0]) : [],
    catalogue: typeof catalogue === 'string' ? place(catalogue) : undefined,
  }
}

function objects(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(list)) return []
  return list.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
}
