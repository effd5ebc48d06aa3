/** What can be read of an archive on whichever thread it is: what `Archive` and `RemoteArchive` have in common. */
import type { ReadOptions } from '../io/byte-source.ts'
import type { ArchiveFacts } from '../read/archive-facts.ts'
import type { Entry, StreamOptions } from '../read/entry.ts'
import type { FolderItem } from '../read/folder-items.ts'
import type { EntriesOptions, PathsOptions } from '../read/line-lookup.ts'
import type { VerifyOptions, VerifyReport } from '../read/verify.ts'
import type { PathBlock } from '../tail/path-gatherer.ts'
import type { TailLayout } from '../tail/tail-layout.ts'

/**
 * An open archive, to list, find, read and verify. Each member is described at `Archive`, which also has what moving data
 * into other archives takes: bases, parts, packed members.
 */
export interface ArchiveReader extends ArchiveFacts, AsyncDisposable {
  readonly name: string
  readonly sizeBytes: number
  readonly tail: TailLayout
  readonly notices: readonly string[]
  readonly sliceNames: readonly string[] | undefined
  readonly isCatalogue: boolean
  readonly hasDigests: boolean
  entries(options?: EntriesOptions): AsyncGenerator<Entry, void, undefined>
  children(folder?: string, options?: ReadOptions): AsyncGenerator<FolderItem, void, undefined>
  paths(options?: PathsOptions): AsyncGenerator<PathBlock, void, undefined>
  find(path: string, options?: ReadOptions): Promise<Entry | undefined>
  get(path: string, options?: ReadOptions): Promise<Entry>
  stream(entry: string | Entry, options?: StreamOptions): ReadableStream<Uint8Array>
  bytes(entry: string | Entry, options?: StreamOptions): Promise<Uint8Array>
  text(entry: string | Entry, options?: StreamOptions): Promise<string>
  digest(entry: string | Entry, options?: ReadOptions): Promise<Uint8Array | undefined>
  /** In a worker, progress that comes faster than it is taken is left out. */
  verify(options?: VerifyOptions): Promise<VerifyReport>
  close(): Promise<void>
}
