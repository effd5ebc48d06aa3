/** Parts an HTTP address into what is sent and what may be shown. */

/** An address that was checked. */
export interface HttpAddress {
  /** What to send requests to: without the user and password, which fetch takes in no URL. */
  readonly url: string
  /** Origin and path, fit for messages. */
  readonly name: string
  /** The `Authorization` header that the user and password make, where there were any. */
  readonly authorization: string | undefined
}

/**
 * Checks an address.
 *
 * @param url - absolute, or relative to the page in a browser
 * @throws TypeError when it is no http or https URL; the message does not repeat it, as it may hold a password
 */
export function parseHttpAddress(url: string | URL): HttpAddress {
  const parsed = resolveUrl(url)
  if (parsed === undefined) throw new TypeError('not a URL, or a relative one where there is no page to relate it to')
  const { protocol } = parsed
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`only http: and https: URLs can be read, got ${protocol}`)
  }
  const authorization = basicCredentials(parsed.username, parsed.password)
  parsed.username = ''
  parsed.password = ''
  parsed.hash = ''
  return { url: parsed.href, name: parsed.origin + parsed.pathname, authorization }
}

/** Relates a URL to the page, where there is one; undefined when it is none. */
export function resolveUrl(url: string | URL): URL | undefined {
  const page: { readonly baseURI: string } | undefined = globalThis.document
  const worker: { readonly href: string } | undefined = globalThis.location
  try {
    return new URL(url, page?.baseURI ?? worker?.href)
  } catch {
    return undefined
  }
}

/** RFC 7617, in UTF-8. */
function basicCredentials(user: string, password: string): string | undefined {
  if (user === '' && password === '') return undefined
  const bytes = new TextEncoder().encode(`${unescapePercent(user)}:${unescapePercent(password)}`)
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`
}

function unescapePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
