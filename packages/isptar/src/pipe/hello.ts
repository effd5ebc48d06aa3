/**
 * How the two sides find out that both speak our protocol. The client speaks first: −1, which is no length of a line, so
 * that a server tells us from the original by two bytes; then a name and a version. The server answers in kind.
 */
import { concatBytes } from '../bytes/concat.ts'
import { decodeText, encodeAscii, equalBytes } from '../bytes/text.ts'
import { UnsupportedError } from '../errors.ts'
import { decodeInt16, encodeInt16 } from './int16.ts'
import { peerBroke } from './pipe-errors.ts'
import type { PipeInput } from './pipe-input.ts'

const MARK = -1
const NAME: Uint8Array = encodeAscii('isptar')
const HELLO_BYTES: number = 2 + NAME.length + 2

/** The version of the protocol that is spoken here: the second has a message that tells of what is sent. */
const PIPE_VERSION = 2
/** The earliest version that is spoken here too. */
const FIRST_VERSION = 1

/** Encodes what either side says first. */
export function encodeHello(): Uint8Array {
  return concatBytes([encodeInt16(MARK), NAME, encodeInt16(PIPE_VERSION)])
}

/** Whether the other side's first two bytes begin a hello. */
export async function peekHello(input: PipeInput): Promise<boolean> {
  return decodeInt16(await input.peek(2)) === MARK
}

/**
 * Reads what the other side says first.
 *
 * @returns the version that both sides speak
 * @throws StorageError of kind `protocol` when it says something else; UnsupportedError for a version before the first
 */
export async function readHello(input: PipeInput): Promise<number> {
  if (!(await peekHello(input))) throw notOurs(input, await input.peek(2))
  const hello = await input.read(HELLO_BYTES)
  if (!equalBytes(hello.subarray(2, -2), NAME)) throw notOurs(input, hello)
  const version = decodeInt16(hello.subarray(-2))
  // A newer side speaks the older one's version.
  if (version >= FIRST_VERSION) return Math.min(version, PIPE_VERSION)
  throw new UnsupportedError(
    `the ${input.peer} speaks version ${version} of the pipe, expected ${FIRST_VERSION} or later`,
  )
}

function notOurs(input: PipeInput, bytes: Uint8Array): Error {
  const advice =
    input.peer === 'server'
      ? 'if it is the original isptar, use its protocol (--original)'
      : 'if a login script on its machine prints something, silence that'
  return peerBroke(input.peer, `it began with ${JSON.stringify(decodeText(bytes))} instead of a hello; ${advice}`)
}
