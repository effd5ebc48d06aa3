/** Where saved data goes: a file that the user picks, or, where a browser lets nobody pick, one that it downloads. */
import { TroubleError } from '../contract/trouble.ts'
import { DownloadTarget } from './download-target.ts'
import { PickedTarget } from './picked-target.ts'

/** Takes one file. Nothing of it is to be seen under its name before `keep`, and nothing is left of it after `discard`. */
export interface SaveTarget {
  /** As the user called it. */
  readonly name: string
  /** Whether it is the browser that writes the file, after `keep`, and does not tell how that went. */
  readonly isDownload: boolean
  /** What takes the data. */
  readonly stream: WritableStream<Uint8Array>
  /** Why it could not be written; undefined where nothing failed here. */
  readonly failure: TroubleError | undefined
  /** Gives what was written, to be read back, once the stream was closed. */
  written(): Promise<Blob>
  /** Lets the file be, or begins to download it. */
  keep(): void
  /** Takes away what was written. Safe at any time. @returns whether an empty file is left all the same */
  discard(): Promise<boolean>
}

/** What to ask for. */
export interface SaveRequest {
  /** Suggested to the user. */
  readonly name: string
  readonly kind: 'any' | 'tar.gz' | 'text'
  /** What is expected, in bytes; undefined where that is not known. */
  readonly sizeBytes: number | undefined
}

declare global {
  interface Window {
    /** Chromium's. */
    showSaveFilePicker?: (options: {
      suggestedName: string
      types?: readonly { description: string; accept: Record<string, readonly string[]> }[]
    }) => Promise<FileSystemFileHandle>
  }
}

const TYPES = {
  any: undefined,
  'tar.gz': [{ description: 'tar.gz archive', accept: { 'application/gzip': ['.tar.gz', '.tgz'] } }],
  text: [{ description: 'Text', accept: { 'text/plain': ['.txt'] } }],
} as const

/**
 * Asks the user where to save. Call it in the click: browsers let nobody ask later.
 *
 * @returns undefined when the user chose not to
 */
export async function chooseTarget({ name, kind, sizeBytes }: SaveRequest): Promise<SaveTarget | undefined> {
  if (window.showSaveFilePicker === undefined) return DownloadTarget.open(name, sizeBytes)
  const types = TYPES[kind]
  try {
    const handle = await window.showSaveFilePicker({ suggestedName: name, ...(types && { types }) })
    return await PickedTarget.open(handle)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    if (error instanceof TroubleError) throw error
    // A frame of another origin must not ask; downloads it may.
    return DownloadTarget.open(name, sizeBytes)
  }
}
