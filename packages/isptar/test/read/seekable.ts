/** Files with seek points, for tests. */
import type { Archive } from 'isptar'
import { decodeSeekColumns, type SeekTable } from '../../src/tail/seek-column.ts'
import { repeatedText, sampleBytes } from '../gzip/samples.ts'

/** The shortest chunk that can be asked for, in bytes. */
export const CHUNK = 4096

/** Half noise, half text, so that chunks differ in their packed length. */
export function mixedBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  bytes.set(sampleBytes(size >> 1))
  bytes.set(repeatedText(size - (size >> 1)), size >> 1)
  return bytes
}

/** Gives the seek points of a file. */
export async function seekTableOf(archive: Archive, path: string): Promise<SeekTable | undefined> {
  const { columns, sizeBytes } = await archive.get(path)
  return decodeSeekColumns(columns, sizeBytes)
}
