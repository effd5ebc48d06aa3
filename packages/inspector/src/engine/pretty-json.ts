/** Lays JSON out in lines without touching what it says: numbers, escapes and repeated keys stay as they are written. */

/** Deeper levels are not indented further. */
const MAX_INDENT = 40
/** Longer results are not worth it. */
const MAX_LENGTH = 4 * 1024 * 1024

const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g

/** Gives the text, two blanks a level; undefined for what is no JSON, or no object or array. */
export function prettyJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text) || !isJson(text)) return undefined
  const pieces: string[] = []
  let length = 0
  let level = 0
  let before = ''
  for (const [token] of text.matchAll(TOKENS)) {
    const closes = token === '}' || token === ']'
    if (closes) level -= 1
    const isEmpty = closes && (before === '{' || before === '[')
    const breaks = before === ',' || before === '{' || before === '[' || closes
    const lead = before === ':' ? ' ' : breaks && !isEmpty ? `\n${'  '.repeat(Math.min(level, MAX_INDENT))}` : ''
    pieces.push(lead, token)
    length += lead.length + token.length
    if (length > MAX_LENGTH) return undefined
    if (token === '{' || token === '[') level += 1
    before = token
  }
  return pieces.join('')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
