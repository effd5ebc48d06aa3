/** Reads the data of a file and holds it to all that is recorded of it: member, SHA-256, seek points. */
import { createSha256 } from '#sha256'
import { toHex } from '../bytes/hex.ts'
import { IntegrityError } from '../errors.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import { decodeSeekColumns } from '../tail/seek-column.ts'
import { type DataContext, paddedSize, parsePackedBytes } from './locate-data.ts'
import { naming, readMember } from './read-data.ts'
import { SeekCheck } from './seek-check.ts'

/**
 * Checks a file; of what is no file, that no digest is recorded.
 *
 * @param digest - its recorded SHA-256
 * @returns how many bytes were read and found right
 * @throws FormatError, IntegrityError, BaseMismatchError, UnsupportedError, which name the entry; StorageError
 */
export async function checkData(
  context: DataContext,
  record: ListingRecord,
  digest: Uint8Array | undefined,
  signal: AbortSignal | undefined,
): Promise<number> {
  try {
    const seek = context.hasColumns ? startSeekCheck(context, record) : undefined
    const sha256 = digest && createSha256()
    for await (const piece of readMember(context, record, { signal })) {
      sha256?.update(piece)
      seek?.take(piece)
    }
    seek?.take(new Uint8Array(paddedSize(record) - record.sizeBytes))
    seek?.finish(parsePackedBytes(record))
    if (digest && sha256) checkDigest(toHex(digest), sha256.hex())
    return record.sizeBytes
  } catch (error) {
    throw naming(error, record)
  }
}

function startSeekCheck({ codec }: DataContext, record: ListingRecord): SeekCheck | undefined {
  const table = decodeSeekColumns(record.columns, record.sizeBytes)
  return table && new SeekCheck(table, codec)
}

function checkDigest(expected: string, actual: string): void {
  if (expected !== actual)
    throw new IntegrityError(`the SHA-256 of its data is ${actual}, recorded is ${expected}`, { expected, actual })
}
