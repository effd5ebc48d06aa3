/** Taking files out: one, or a selection as an archive of the same members. */

/** How far it is. */
export interface TakeProgress {
  readonly entryCount: number
  /** Bytes of data, unpacked. */
  readonly dataBytes: number
  /** Of all that was asked for; undefined where that is not known. */
  readonly totalBytes: number | undefined
}

/** What is known of a selection without reading much. */
export interface TakeMeasure {
  /** Sum of the sizes of all files that are known to be meant, in bytes. */
  readonly fileBytes: number
  /** Whether these are all: they are not where what is in selected folders is not known. */
  readonly isAll: boolean
  /** The file or hardlink, where exactly one is selected and nothing else; of several lines the last. */
  readonly onlyFile: { readonly path: string; readonly line: number } | undefined
}

/** What was taken out. */
export interface TakenFile {
  readonly sizeBytes: number
  /** SHA-256 of what was given, lower-case hex. */
  readonly digest: string
  /** Against what it was checked: the recorded SHA-256, or the CRC-32 alone where none is recorded. */
  readonly checkedBy: 'sha256' | 'crc32'
  /** Whether it changed, or could not be read, while it was packed. */
  readonly isDirty: boolean
}

/** What a new archive holds. */
export interface TakenArchive {
  readonly entryCount: number
  readonly sizeBytes: number
  /** Files that changed, or could not be read, while they were packed. */
  readonly dirtyCount: number
}

/** Taking out. Data goes to a stream that the page made; it is whole only when the call has resolved. */
export interface TakeCalls {
  /**
   * Says what a selection is: exactly where all entries were read already, else of a few paths by looking them up.
   *
   * @returns undefined where that would cost too much
   */
  measure(paths: readonly string[], signal: AbortSignal): Promise<TakeMeasure | undefined>
  /**
   * Gives the data of one file, or of the file that a hardlink names, held to CRC-32, length and, where it is recorded,
   * SHA-256. The stream is closed when all was right, else aborted.
   *
   * @param line - of its line, where several have that path; -1 for the last of them
   */
  file(
    path: string,
    line: number,
    out: WritableStream<Uint8Array>,
    onProgress: (progress: TakeProgress) => void,
    signal: AbortSignal,
  ): Promise<TakenFile>
  /**
   * Gives an archive of these entries, of all that is in those that are folders, and of the folders that they lie in, so
   * that modes and owners of those are kept. Members are moved without recompression. The stream is closed when all was
   * right, else aborted.
   */
  archive(
    paths: readonly string[],
    out: WritableStream<Uint8Array>,
    onProgress: (progress: TakeProgress) => void,
    signal: AbortSignal,
  ): Promise<TakenArchive>
  /** Reads a file that was written; fails where it is not what {@link file} gave. */
  checkWrittenFile(file: Blob, taken: TakenFile, signal: AbortSignal): Promise<void>
  /** Reads an archive that was written and checks every member of it; fails where one is wrong. */
  checkWritten(
    file: Blob,
    taken: TakenArchive,
    onProgress: (progress: TakeProgress) => void,
    signal: AbortSignal,
  ): Promise<void>
}
