/** Addresses that were opened, remembered in this browser: never what may be secret in them. */

/** An address that was opened. */
export interface RecentAddress {
  readonly url: string
  /** When, in milliseconds since 1970. */
  readonly openedAt: number
}

/** How many are remembered. */
const MAX_RECENT = 8

const KEY = 'isptar-recent'

/**
 * Gives an address as it is remembered: without user, password, query and fragment, which often hold secrets. An address
 * that needs them cannot be opened again by what is left of it.
 */
export function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

/** Reads what is remembered, the last first; nothing where the browser keeps nothing. */
export function recentAddresses(): readonly RecentAddress[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isRecentAddress).slice(0, MAX_RECENT) : []
  } catch {
    return []
  }
}

/** Remembers an address. */
export function rememberAddress(address: string, openedAt: number): void {
  const url = withoutSecrets(address)
  const others = recentAddresses().filter((recent) => recent.url !== url)
  store(JSON.stringify([{ url, openedAt }, ...others].slice(0, MAX_RECENT)))
}

/** Forgets all of them. */
export function forgetAddresses(): void {
  store(undefined)
}

function store(text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, text)
  } catch {
    // Private windows and pages of the disk may have no room of their own.
  }
}

function isRecentAddress(value: unknown): value is RecentAddress {
  if (typeof value !== 'object' || value === null || !('url' in value) || !('openedAt' in value)) return false
  return typeof value.url === 'string' && /^https?:\/\//.test(value.url) && typeof value.openedAt === 'number'
}
