/** Answers that give nothing. */
import type { ServerResponse } from 'node:http'
import type { HeaderFields } from './headers.ts'

const WORDS: Readonly<Record<number, string>> = {
  403: 'reading it was refused',
  404: 'not found',
  405: 'only GET and HEAD are answered',
  409: 'the archive has changed since it was opened: start isptar serve again',
  414: 'the address is too long',
  416: 'there are no such bytes',
  421: 'this server answers to 127.0.0.1 and localhost only',
}

/**
 * Ends an answer without what was asked for.
 *
 * @param headers - besides those that every refusal has
 * @param words - for people. @defaultValue those of the status
 */
export function refuse(
  response: ServerResponse,
  status: number,
  headers: HeaderFields = {},
  words: string = WORDS[status] ?? 'it could not be read: the terminal of isptar serve says why',
): void {
  const text = Buffer.from(`${words}\n`)
  response.writeHead(status, {
    ...headers,
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'content-type': 'text/plain; charset=utf-8',
    'content-length': text.length,
  })
  response.end(text)
}
