/** Paths of an archive behind the `#` of an address: as bytes of UTF-8 in percent signs, slashes as they are. */

/** Gives the text for a path; bytes that are not UTF-8 are lone surrogates in it. */
export function encodePath(path: string): string {
  let text = ''
  for (const char of path) {
    const code = char.codePointAt(0) ?? 0
    if (char === '/') text += '/'
    else if (code >= 0xdc80 && code <= 0xdcff) text += `%${(code - 0xdc00).toString(16).toUpperCase()}`
    else text += code >= 0xd800 && code <= 0xdfff ? '%EF%BF%BD' : encodeURIComponent(char)
  }
  return text
}

/** Gives the path of such a text, whatever stands there. */
export function decodePath(text: string): string {
  return text.replace(/(%[\da-f]{2})+/gi, (run) => {
    let path = ''
    for (let rest = run; rest !== ''; ) {
      const taken = [12, 9, 6, 3].find((length) => length <= rest.length && isOneCharacter(rest.slice(0, length)))
      const piece = rest.slice(0, taken ?? 3)
      path +=
        taken === undefined
          ? String.fromCharCode(0xdc00 + Number.parseInt(piece.slice(1), 16))
          : decodeURIComponent(piece)
      rest = rest.slice(piece.length)
    }
    return path
  })
}

function isOneCharacter(piece: string): boolean {
  try {
    return [...decodeURIComponent(piece)].length === 1
  } catch {
    return false
  }
}
