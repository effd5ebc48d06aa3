/** Taking files out: one, or a selection as an archive of the same members. */

/** How far it is. */
export interface TakeProgress {
  readonly entryCount: number
  readonly dataBytes: number
  /** Of all that was asked for; undefined where that is not known. */
  readonly totalBytes: number | undefined
}

/** What was taken out. */
export interface TakenFile {
  readonly sizeBytes: number
  /** SHA-256 of what was given, lower-case hex. */
  readonly digest: string
  /** Against what it was checked: the recorded SHA-256, or the CRC-32 alone where none is recorded. */
  readonly checkedBy: 'sha256' | 'crc32'
}

/** What a new archive holds. */
export interface TakenArchive {
  readonly entryCount: number
  readonly sizeBytes: number
}

/** Taking out. Data goes to a stream that the page made; it is whole only when the call has resolved. */
export interface TakeCalls {
  /** Gives the data of one file, checked to its end. */
  file(
    path: string,
    line: number,
    out: WritableStream<Uint8Array>,
    onProgress: (progress: TakeProgress) => void,
    signal: AbortSignal,
  ): Promise<TakenFile>
  /** Gives an archive of these entries and of all that is in those that are folders, without recompression. */
  archive(
    paths: readonly string[],
    out: WritableStream<Uint8Array>,
    onProgress: (progress: TakeProgress) => void,
    signal: AbortSignal,
  ): Promise<TakenArchive>
  /** Reads an archive that was written and checks every member of it; fails where one is wrong. */
  checkWritten(file: Blob, signal: AbortSignal): Promise<void>
}
