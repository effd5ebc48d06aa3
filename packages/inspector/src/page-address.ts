/** The address of the page: which archive is open, and what is looked at in it, so that links and history work. */
import type { OpenRequest } from './contract/archive-calls.ts'
import type { IsptarInspector } from './element/isptar-inspector.ts'
import { servedKeys } from './served-archives.ts'
import type { OfferedArchive } from './session/session-state.ts'
import { decodePath, encodePath } from './text/path-address.ts'
import { printable } from './text/printable.ts'

/** The state of a step that shows an entry, where the step below it shows the folder that one was in. */
const ABOVE_FOLDER = 'above-folder'

/**
 * Keeps the page's address and title true: `?archive=…&base=…&catalogue=…#/folder/`, or `?served=…#/folder/` for an archive of
 * the page's server. A folder ends in a slash. Steps back go from an entry to its folder, and from folder to folder.
 */
export class PageAddress {
  readonly #inspector: IsptarInspector
  /** The query that what is open has. */
  #search = location.search
  /** Whether what stands behind `#` is of the archive that is being opened. */
  #isHashDue = true
  /** Whether the archive that is being opened is that of the address, which is no step. */
  #isOfAddress = false
  /** The folder that the step is of, also where it shows an entry. */
  #folder = ''
  /** Whether an entry is left by a step back that is under way. */
  #isLeaving = false
  /** Of the step that is being shown; undefined when that is done. */
  #showing: symbol | undefined

  /** @param inspector - fills the page */
  constructor(inspector: IsptarInspector) {
    this.#inspector = inspector
    inspector.addEventListener('isptar-open', ({ detail }) => this.#onOpen(detail.name))
    inspector.addEventListener('isptar-navigate', () => this.#onNavigate())
    inspector.addEventListener('isptar-close', () => {
      document.title = 'isptar'
      // While another is being opened the address stays.
      if (inspector.session.state.phase === 'empty') this.#setQuery('', '', location.search !== '')
    })
    addEventListener('popstate', () => this.#onStep())
  }

  /**
   * Opens the archive of the address; gives whether there is one.
   *
   * @param only - what to open where the address names none
   */
  open(only?: OfferedArchive): boolean {
    const parameters = new URLSearchParams(location.search)
    const address = parameters.get('archive')
    const { session } = this.#inspector
    const { offered } = session.state
    const named = offered[servedKeys(offered).indexOf(parameters.get('served') ?? '')]
    const served = named ?? (address ? undefined : only)
    this.#search = location.search
    this.#isHashDue = true
    this.#isOfAddress = Boolean(served ?? address)
    if (served) void session.open(served.request)
    else if (address) {
      const options = { bases: parameters.getAll('base'), catalogue: parameters.get('catalogue') ?? undefined }
      // What went wrong is shown.
      this.#inspector.open(address, options).catch(() => undefined)
    }
    return this.#isOfAddress
  }

  #onOpen(name: string): void {
    document.title = printable(name)
    const search = searchFor(this.#inspector)
    // Files, and archives in archives, have no query.
    const isSame = search !== '' && archiveOf(search) === archiveOf(this.#search)
    const isStep = search !== this.#search && !isSame && !this.#isOfAddress
    const keepsHash = isSame || this.#isHashDue
    this.#isHashDue = false
    this.#isOfAddress = false
    const { folder } = this.#inspector.session.state
    this.#setQuery(search, keepsHash ? location.hash : folder === '' ? '' : this.#shownHash, isStep)
    if (currentHash() !== this.#shownHash) void this.#showHash()
  }

  /** What is looked at as the address says it. */
  get #shownHash(): string {
    const { folder, current } = this.#inspector.session.state
    return current === undefined ? folderHash(folder) : `#/${encodePath(current.path)}`
  }

  #onNavigate(): void {
    const hash = this.#shownHash
    // When the step is done, what is looked at then becomes one.
    if (this.#isLeaving || hash === currentHash()) return
    const { folder, current } = this.#inspector.session.state
    const isSameFolder = folder === this.#folder
    const isOnEntry = !currentHash().endsWith('/')
    const isAbove = history.state === ABOVE_FOLDER
    this.#folder = folder
    if (this.#showing !== undefined) return history.replaceState(current && history.state, '', hash)
    if (current !== undefined) {
      if (isOnEntry && isSameFolder) return history.replaceState(history.state, '', hash)
      if (!isSameFolder) history.pushState(null, '', folderHash(folder))
      return history.pushState(ABOVE_FOLDER, '', hash)
    }
    if (isAbove && isSameFolder) {
      this.#isLeaving = true
      return history.back()
    }
    // Another folder comes in place of the entry: its own one stands below.
    if (isAbove || (isOnEntry && isSameFolder)) history.replaceState(null, '', hash)
    else history.pushState(null, '', hash)
  }

  #onStep(): void {
    const isLeaving = this.#isLeaving
    this.#isLeaving = false
    if (location.search !== this.#search) {
      if (!this.open()) void this.#inspector.close()
    } else if (isLeaving) this.#onNavigate()
    else void this.#showHash()
  }

  async #showHash(): Promise<void> {
    const { session } = this.#inspector
    if (session.state.phase !== 'open') return
    const showing = Symbol('step')
    this.#showing = showing
    const text = currentHash().slice(2)
    const path = decodePath(text).replace(/\/$/, '')
    const { folder, tab } = session.state
    // What is searched for in it stays.
    if (path === folder && tab === 'files' && currentHash().endsWith('/')) session.look(undefined)
    else await session.goTo(path, history.state === ABOVE_FOLDER)
    if (this.#showing !== showing) return
    // What is not there has led elsewhere.
    this.#onNavigate()
    this.#folder = session.state.folder
    this.#showing = undefined
  }

  #setQuery(search: string, hash: string, isStep: boolean): void {
    const address = location.pathname + search + hash
    this.#search = search
    this.#folder = this.#inspector.session.state.folder
    if (isStep) history.pushState(null, '', address)
    else history.replaceState(history.state, '', address)
  }
}

/** The query that opens the same archive again; none where files are open. */
function searchFor({ session: { state } }: IsptarInspector): string {
  const { places = [], bases = [], catalogue } = state.request ?? {}
  const served = servedKeys(state.offered)[state.offered.findIndex(({ request }) => request.places === places)]
  if (served !== undefined) return `?${new URLSearchParams({ served })}`
  const address = addressOf(places)
  if (address === undefined) return ''
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

/** Tells archives apart by what their queries say first. */
function archiveOf(search: string): string {
  const parameters = new URLSearchParams(search)
  const served = parameters.get('served')
  return served === null ? absolute(parameters.get('archive') ?? '') : `served ${served}`
}

function absolute(address: string): string {
  return URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI).href : address
}

function currentHash(): string {
  return location.hash || '#/'
}

function folderHash(folder: string): string {
  return folder === '' ? '#/' : `#/${encodePath(folder)}/`
}
