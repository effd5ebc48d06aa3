/** The arguments of the process. Node puts U+FFFD for bytes that are not UTF-8; Linux tells which ones they were. */
import { readFileSync } from 'node:fs'

/** Gives the arguments after the command; bytes that are not UTF-8 as the lone surrogates that entries' paths have. */
export async function readArguments(): Promise<readonly string[]> {
  const given = process.argv.slice(2)
  if (process.platform !== 'linux' || !given.some((text) => text.includes('\ufffd'))) return given
  const raw = readRaw().slice(-given.length)
  const isSame = raw.length === given.length && raw.every((bytes, index) => bytes.toString('utf8') === given[index])
  if (!isSame) return given
  // Only here is the library of use so early.
  const { decodeNames } = await import('./decode-names.ts')
  return decodeNames(raw)
}

function readRaw(): readonly Buffer[] {
  try {
    // As latin1 each byte is one character. Each argument ends with NUL.
    const parts = readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1)
    return parts.map((part) => Buffer.from(part, 'latin1'))
  } catch {
    return []
  }
}
