/** Reads a whole tar in memory with the decoder, as a reader of streams would. */
import { TarHeaderDecoder } from '../../src/tar/tar-header-decoder.ts'
import type { TarRecord } from '../../src/tar/tar-record.ts'

/** Gives every record up to the first block of zeros or the end of the bytes. */
export function walkTar(tar: Uint8Array): TarRecord[] {
  const decoder = new TarHeaderDecoder()
  const records: TarRecord[] = []
  let offset = 0
  for (; offset + 512 <= tar.length; offset += 512) {
    const record = decoder.push(tar.subarray(offset, offset + 512))
    if (record === undefined) continue
    if (record.kind === 'end') return records
    records.push(record)
    offset += Math.ceil(record.dataBytes / 512) * 512
  }
  decoder.finish()
  return records
}
