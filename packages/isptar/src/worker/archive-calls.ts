/** What the page asks of the thread that has the archive, and what that asks of the page. */
import type { TailBytes } from '../io/byte-source.ts'
import type { EntriesOptions, PathsOptions } from '../read/line-lookup.ts'
import type { OpenOptions } from '../read/open-archive.ts'
import type { StreamOptions } from '../read/entry.ts'
import type { VerifyOptions, VerifyProgress, VerifyReport } from '../read/verify.ts'
import type { PathBlock } from '../tail/path-gatherer.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import type { TailLayout } from '../tail/tail-layout.ts'
import type { EntryBatch } from './entry-batch.ts'
import type { ItemBatch } from './item-batch.ts'
import type { WirePlace } from './source-place.ts'

/** An archive to open, with what it needs. */
export interface OpenRequest {
  readonly place: WirePlace
  readonly catalogue: WirePlace | undefined
  readonly bases: readonly (WirePlace | undefined)[]
  readonly options: Pick<OpenOptions, 'tailBytes' | 'residentListingBytes'>
}

/** What is known of an open archive. */
export interface ArchiveDescription {
  readonly name: string
  readonly sizeBytes: number
  readonly serviceInfo: ServiceInfo
  readonly tail: TailLayout
  readonly notices: readonly string[]
  readonly sliceNames: readonly string[] | undefined
  readonly isCatalogue: boolean
  readonly hasDigests: boolean
}

/** An entry by its path, or by itself. */
export type WireEntry = string | EntryBatch

/** What to read of an entry. */
export interface ReadRequest {
  readonly entry: WireEntry
  readonly options: Pick<StreamOptions, 'start' | 'end' | 'ignoreChecksum'>
}

/** What the page asks. */
export type ArchiveCalls = {
  /** Gives the version of what answers. */
  readonly start: { readonly args: undefined; readonly piece: never; readonly result: string }
  /** Once, before all that follow. */
  readonly open: { readonly args: OpenRequest; readonly piece: never; readonly result: ArchiveDescription }
  readonly entries: {
    readonly args: Pick<EntriesOptions, 'under' | 'digests'>
    readonly piece: EntryBatch
    readonly result: undefined
  }
  readonly paths: {
    readonly args: Pick<PathsOptions, 'under' | 'terminator'>
    readonly piece: PathBlock
    readonly result: undefined
  }
  readonly children: { readonly args: string; readonly piece: ItemBatch; readonly result: undefined }
  /** An empty batch where there is no such entry. */
  readonly find: { readonly args: string; readonly piece: never; readonly result: EntryBatch }
  readonly stream: { readonly args: ReadRequest; readonly piece: Uint8Array; readonly result: undefined }
  readonly bytes: { readonly args: ReadRequest; readonly piece: never; readonly result: Uint8Array }
  readonly digest: { readonly args: WireEntry; readonly piece: never; readonly result: Uint8Array | undefined }
  readonly verify: {
    readonly args: Pick<VerifyOptions, 'quick'> & { readonly wantsProgress: boolean }
    readonly piece: VerifyProgress
    readonly result: VerifyReport
  }
}

/** A range of a source that stays with the page. */
export interface RangeRequest {
  readonly index: number
  readonly offset: number
  readonly lengthBytes: number
}

/** What is asked of the page. */
export type SourceCalls = {
  readonly readTail: {
    readonly args: Pick<RangeRequest, 'index' | 'lengthBytes'>
    readonly piece: never
    readonly result: TailBytes
  }
  readonly read: { readonly args: RangeRequest; readonly piece: never; readonly result: Uint8Array }
  readonly stream: { readonly args: RangeRequest; readonly piece: Uint8Array; readonly result: undefined }
}
