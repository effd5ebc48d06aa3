/**
 * Guesses encodings of before Unicode, by what the browser's own decoders make of the bytes: in the right one, letters that
 * its languages use most are most of what is there.
 */

/** An encoding, and what is frequent in the languages that it is for, by which it is told. */
interface Candidate {
  readonly encoding: string
  readonly frequent: RegExp
  /** Share of frequent characters that says enough. */
  readonly enough: number
}

/** A character takes several bytes: most other data does not even decode. */
const WIDE: readonly Candidate[] = [
  { encoding: 'shift_jis', frequent: /[ぁ-んァ-ヶー、。]/g, enough: 0.3 },
  { encoding: 'euc-jp', frequent: /[ぁ-んァ-ヶー、。]/g, enough: 0.3 },
  { encoding: 'euc-kr', frequent: /[이다는을의에가하고지은로기사도를한리시자정어서인그과나모]/g, enough: 0.25 },
  {
    encoding: 'gb18030',
    frequent: /[的一是不了在有人这中大来上国个到说们为子和你地出也时年得就要以生会，。、]/g,
    enough: 0.15,
  },
  {
    encoding: 'big5',
    frequent: /[的一是不了在有人這中大來上國個到說們為子和你地出也時年得就要以生會，。、]/g,
    enough: 0.15,
  },
]

/** Words are of their letters alone. */
const OTHER_SCRIPTS: readonly Candidate[] = [
  { encoding: 'windows-1251', frequent: /[оеаинтсрвлкмі]/g, enough: 0.5 },
  { encoding: 'koi8-r', frequent: /[оеаинтсрвлкм]/g, enough: 0.5 },
  { encoding: 'ibm866', frequent: /[оеаинтсрвлкм]/g, enough: 0.5 },
  { encoding: 'iso-8859-5', frequent: /[оеаинтсрвлкмі]/g, enough: 0.5 },
  { encoding: 'windows-1253', frequent: /[αοιετνσηρκ]/g, enough: 0.5 },
  { encoding: 'windows-1255', frequent: /[יוהלארתבמש]/g, enough: 0.5 },
  { encoding: 'windows-1256', frequent: /[اليمنرتوبةعد]/g, enough: 0.5 },
  { encoding: 'windows-874', frequent: /[านรกอเงมยลวดทสต]/g, enough: 0.4 },
]

/** Words are of ASCII with some letters between. */
const LATIN: readonly Candidate[] = [
  { encoding: 'windows-1252', frequent: /[éèàäöüßçñáíóúâêîôûåæøãëï]/gi, enough: 0 },
  { encoding: 'windows-1250', frequent: /[ąćęłńóśźżáčďéěíňřšťúůýžöüőűîđ]/gi, enough: 0 },
  { encoding: 'windows-1254', frequent: /[çğıöşüâîİ]/gi, enough: 0 },
  { encoding: 'windows-1257', frequent: /[ąčęėįšųūžāēģīķļņõäöü]/gi, enough: 0 },
]

/** Share of letters beyond ASCII that stand beside one of ASCII, from which on a text is of Latin letters. */
const MIXED = 0.4

/** Gives an encoding for text that is not Unicode, as the encoding standard calls it; `windows-1252` where none is likelier. */
export function guessLegacy(bytes: Uint8Array): string {
  return best(WIDE, bytes) ?? (isLatin(bytes) ? best(LATIN, bytes) : best(OTHER_SCRIPTS, bytes)) ?? 'windows-1252'
}

/** The first of those that fit best; undefined where none fits well enough. */
function best(candidates: readonly Candidate[], bytes: Uint8Array): string | undefined {
  let found: string | undefined
  let most = 0
  for (const { encoding, frequent, enough } of candidates) {
    const share = shareOf(bytes, encoding, frequent)
    if (share <= most || share < enough) continue
    found = encoding
    most = share
  }
  return found
}

/** How many of the letters and signs beyond ASCII are frequent ones; 0 where it does not decode. */
function shareOf(bytes: Uint8Array, encoding: string, frequent: RegExp): number {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })
    const others = text.match(/[^\0-\x7f\u2010-\u2026\xa0]/g)?.length ?? 0
    return others === 0 ? 0 : (text.match(frequent)?.length ?? 0) / others
  } catch {
    return 0
  }
}

function isLatin(bytes: Uint8Array): boolean {
  const isLetter = (byte = 0): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
  let beyond = 0
  let beside = 0
  bytes.forEach((byte, index) => {
    if (byte < 0x80) return
    beyond += 1
    if (isLetter(bytes[index - 1]) || isLetter(bytes[index + 1])) beside += 1
  })
  return beside >= beyond * MIXED
}
