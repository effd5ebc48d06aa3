/** The headers of answers: what keeps pages of other sites, and what lies in archives, from doing harm. */
import { percentEncode } from './percent-path.ts'

/** Header fields by their names. */
export type HeaderFields = Readonly<Record<string, string | number>>

/** In every answer. No header of CORS is: pages of other origins read nothing. */
export const COMMON_HEADERS: HeaderFields = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** Of the page. */
export const PAGE_HEADERS: HeaderFields = {
  'content-security-policy': "frame-ancestors 'none'",
  'content-type': 'text/html; charset=utf-8',
  'cross-origin-opener-policy': 'same-origin',
}

/** Nothing runs, and nothing is loaded. */
const SANDBOX = "sandbox; default-src 'none'"

/** Of all that comes out of archives: whatever it is, it does nothing when it is shown. */
export const CONTENT_HEADERS: HeaderFields = {
  'accept-ranges': 'bytes',
  'content-security-policy': SANDBOX,
}

/**
 * Gives the Content-Security-Policy of a file, which leaves the browser its own means of showing it.
 *
 * @param type - its media type; with `nosniff` it is taken for nothing else
 */
export function policyOf(type: string): string {
  // The browser's own page for sounds and films loads them by a request, which in a sandbox would be of another origin.
  if (/^(?:audio|video)\//.test(type)) return "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"
  return type.startsWith('image/') ? `${SANDBOX}; style-src 'unsafe-inline'` : SANDBOX
}

/** Control characters, those that turn the direction of text, halves of surrogate pairs, and separators of paths. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\]/gu

/**
 * Gives a Content-Disposition (RFC 6266).
 *
 * @param isShown - whether the browser may show it instead of saving it
 * @param name - of the file, without folders, whatever is in it
 */
export function contentDisposition(isShown: boolean, name: string): string {
  const kind = isShown ? 'inline' : 'attachment'
  const fit = name.replace(UNFIT, '_')
  const shown = /^\.*$/.test(fit) ? 'file' : fit
  // A percent sign is read as an escape by some.
  const ascii = shown.replace(/[^ -~]|["%]/gu, '_')
  const exact = ascii === shown ? '' : `; filename*=UTF-8''${percentEncode(shown)}`
  return `${kind}; filename="${ascii}"${exact}`
}
