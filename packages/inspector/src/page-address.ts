/** The address of the page: which archive is open, and what is looked at in it, so that links and history work. */
import type { OpenRequest } from './contract/archive-calls.ts'
import type { Whereabouts } from './element/inspector-events.ts'
import type { IsptarInspector } from './element/isptar-inspector.ts'
import { decodePath, encodePath } from './text/path-address.ts'
import { printable } from './text/printable.ts'

/**
 * Keeps the page's address and title true: `?archive=…&base=…&catalogue=…#/folder/`. A folder ends in a slash; steps back go from
 * folder to folder.
 */
export class PageAddress {
  readonly #inspector: IsptarInspector
  /** The query that what is open has. */
  #search = location.search
  /** Whether what stands behind `#` is of the archive that is being opened. */
  #isHashDue = true

  /** @param inspector - fills the page */
  constructor(inspector: IsptarInspector) {
    this.#inspector = inspector
    inspector.addEventListener('isptar-open', ({ detail }) => this.#onOpen(detail.name))
    inspector.addEventListener('isptar-navigate', ({ detail }) => remember(hashOf(detail)))
    inspector.addEventListener('isptar-close', () => {
      document.title = 'isptar'
      // While another is being opened the address stays.
      if (inspector.session.state.phase === 'empty') this.#replace('', '')
    })
    addEventListener('popstate', () => this.#onStep())
  }

  /** Opens the archive of the address; gives whether there is one. */
  open(): boolean {
    const parameters = new URLSearchParams(location.search)
    const address = parameters.get('archive')
    this.#search = location.search
    this.#isHashDue = true
    if (!address) return false
    const options = { bases: parameters.getAll('base'), catalogue: parameters.get('catalogue') ?? undefined }
    // What went wrong is shown.
    this.#inspector.open(address, options).catch(() => undefined)
    return true
  }

  #onOpen(name: string): void {
    document.title = printable(name)
    const search = searchFor(this.#inspector)
    // Archives of the page's server, and files, have no query.
    const isSame = this.#isHashDue || (search !== '' && archiveOf(search) === archiveOf(this.#search))
    this.#isHashDue = false
    const { hash } = location
    const isNested = this.#inspector.session.state.request?.places[0]?.type === 'entry'
    // A step back leads out of an archive in an archive.
    if (isNested && this.#search !== '') history.pushState(null, '', location.pathname)
    this.#replace(search, isSame ? hash : '')
    if (isSame && hash.length > 2) void this.#showHash()
  }

  #onStep(): void {
    if (location.search === this.#search) void this.#showHash()
    else if (!this.open()) void this.#inspector.close()
  }

  async #showHash(): Promise<void> {
    await this.#inspector.show(decodePath(location.hash.slice(2)).replace(/\/$/, ''))
  }

  #replace(search: string, hash: string): void {
    this.#search = search
    history.replaceState(null, '', location.pathname + search + hash)
  }
}

/** The query that opens the same archive again; none where files, or archives of the page's server, are open. */
function searchFor({ session: { state } }: IsptarInspector): string {
  const { places = [], bases = [], catalogue } = state.request ?? {}
  const address = addressOf(places)
  if (address === undefined || state.offered.some(({ request }) => request.places === places)) return ''
  const parameters = new URLSearchParams({ archive: address })
  for (const base of bases) {
    const baseAddress = addressOf(base?.places ?? [])
    if (baseAddress !== undefined) parameters.append('base', baseAddress)
  }
  const catalogueAddress = catalogue && addressOf([catalogue])
  if (catalogueAddress !== undefined) parameters.append('catalogue', catalogueAddress)
  return isSameQuery(parameters) ? location.search : `?${parameters}`
}

/** Without user and password, which are nothing for an address that is kept and shown. */
function addressOf([place, ...others]: OpenRequest['places']): string | undefined {
  if (place?.type !== 'url' || others.length > 0) return undefined
  const url = new URL(place.url)
  url.username = ''
  url.password = ''
  return url.href
}

/** Whether the page's query says the same already, by addresses that are relative to it. */
function isSameQuery(wanted: URLSearchParams): boolean {
  return ['archive', 'base', 'catalogue'].every((name) => {
    const given = new URLSearchParams(location.search).getAll(name)
    const all = wanted.getAll(name)
    return given.length === all.length && given.every((address, i) => absolute(address) === all[i])
  })
}

function archiveOf(search: string): string {
  return absolute(new URLSearchParams(search).get('archive') ?? '')
}

function absolute(address: string): string {
  return URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI).href : address
}

function hashOf({ folder, entry }: Whereabouts): string {
  if (entry !== undefined) return `#/${encodePath(entry)}`
  return folder === '' ? '#/' : `#/${encodePath(folder)}/`
}

function remember(hash: string): void {
  if (hash === (location.hash || '#/')) return
  if (hash.endsWith('/')) history.pushState(null, '', hash)
  else history.replaceState(null, '', hash)
}
