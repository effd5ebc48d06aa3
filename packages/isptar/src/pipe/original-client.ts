/**
 * The client's side of the original's protocol: an entry's line, the answer, and the data when the server wants it; one
 * entry after the other, each waiting for its answer.
 */
import { decodeText } from '../bytes/text.ts'
import { KiB } from '../limits.ts'
import { decodeInt16, encodeInt16, MAX_INT16 } from './int16.ts'
import type { OfferedData, OfferedEntry, PipeTeller } from './offered-entry.ts'
import { peerBroke } from './pipe-errors.ts'
import type { PipeInput } from './pipe-input.ts'
import type { PipeOutput } from './pipe-output.ts'
import { encodeOriginalLine } from './wire-line.ts'

/** What the original sends at a time. */
const CHUNK = 4 * KiB

/**
 * Sends all entries to a server that speaks the original's protocol, and ends the stream.
 *
 * @param entries - what to send
 * @param tell - told of entries whose line is longer than the protocol can say; they are left out
 * @throws StorageError when the server goes away or answers anything else than 0 or 1
 */
export async function sendOriginal(
  entries: AsyncIterable<OfferedEntry>,
  input: PipeInput,
  output: PipeOutput,
  tell: PipeTeller,
): Promise<void> {
  for await (const entry of entries) {
    const hasData = entry.header.type === 'file' && entry.header.sizeBytes > 0
    const data = hasData ? entry.open() : undefined
    if (hasData && data === undefined) continue
    try {
      await sendEntry(data?.header ?? entry.header, data, input, output, tell)
    } finally {
      data?.close()
    }
  }
  await output.write(encodeInt16(0))
}

async function sendEntry(
  header: OfferedEntry['header'],
  data: OfferedData | undefined,
  input: PipeInput,
  output: PipeOutput,
  tell: PipeTeller,
): Promise<void> {
  const line = encodeOriginalLine(header)
  if (line.length > MAX_INT16) {
    const message = `its line is ${line.length} bytes long, the original's protocol ends at ${MAX_INT16}; it is left out`
    return tell.problem({ path: decodeText(header.pathBytes), kind: 'unstorable', message })
  }
  await output.write(encodeInt16(line.length), line)
  const answer = decodeInt16(await input.read(2))
  if (answer !== 0 && answer !== 1) throw peerBroke(input.peer, `it answered ${answer}, expected 0 or 1`)
  if (answer === 0) return
  if (data === undefined || header.sizeBytes === 0)
    throw peerBroke(input.peer, `it wants data of ${JSON.stringify(decodeText(header.pathBytes))}, which has none`)
  await sendData(data, header.sizeBytes, output, tell)
}

async function sendData(data: OfferedData, sizeBytes: number, output: PipeOutput, tell: PipeTeller): Promise<void> {
  let sent = 0
  for await (const chunk of data.chunks) {
    await output.write(...cut(chunk))
    sent += chunk.length
  }
  if (sent < sizeBytes) await output.write(encodeInt16(0))
  const trouble = data.trouble()
  if (trouble !== undefined) tell.problem(trouble)
}

function cut(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let from = 0; from < bytes.length; from += CHUNK) {
    const piece = bytes.subarray(from, from + CHUNK)
    parts.push(encodeInt16(piece.length), piece)
  }
  return parts
}
