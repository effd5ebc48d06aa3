/** isptar: the tar.gz you can seek in. Everything here runs in Node and in browsers; `isptar/node` adds the file system. */
export { createSha256 } from '#sha256'
export type { Sha256 } from './bytes/sha256.ts'
export { decodeText, encodeText } from './bytes/text.ts'
export {
  BaseMismatchError,
  CommandError,
  EntryNotFoundError,
  type ErrorCode,
  FormatError,
  IntegrityError,
  isIsptarError,
  IsptarError,
  LimitError,
  StorageError,
  type StorageFailure,
  UnsafePathError,
  UnsupportedError,
} from './errors.ts'
export type { Codec, DeflateEnd, Inflated, InflateStep, Level, RawInflater } from './gzip/codec.ts'
export { codec as pakoCodec } from './gzip/pako-codec.ts'
export { BlobSource } from './io/blob-source.ts'
export type { ByteSource, ReadOptions, TailBytes } from './io/byte-source.ts'
export { HttpSource, type HttpSourceOptions } from './io/http-source.ts'
export { MemorySource } from './io/memory-source.ts'
export { MemoryTarget } from './io/memory-target.ts'
export type { SlicePart } from './io/lazy-source.ts'
export { splitSliceName } from './io/slice-name.ts'
export { type SliceOptions, SliceSource } from './io/slice-source.ts'
export type {
  Checkpoint,
  FinishedSlice,
  HeldPiece,
  ListedLines,
  ResumePoint,
  SavedPoint,
  SliceJournal,
} from './io/slice-journal.ts'
export { SlicedTarget, type SlicedTargetOptions, type SliceTarget } from './io/sliced-target.ts'
export { StreamTarget } from './io/stream-target.ts'
export type { Target } from './io/target.ts'
export { type CountedSource, withCounter } from './io/with-counter.ts'
export { type ReadAheadOptions, withReadAhead } from './io/with-read-ahead.ts'
export { type RetryOptions, withRetry } from './io/with-retry.ts'
export { compareArchives } from './chain/compare.ts'
export type { CompareOptions, Difference } from './chain/compare-sides.ts'
export type { ChangedField, ComparedMetadata } from './chain/changed-fields.ts'
export type { DataRelation } from './chain/data-facts.ts'
export type { CopyArchiveOptions, CopyProgress } from './chain/copy-archive.ts'
export { copyEntry, type CopyOptions } from './chain/copy-entry.ts'
export { flattenArchive } from './chain/flatten.ts'
export { isolateCatalogue } from './chain/isolate.ts'
export { mergeArchives, type MergeInput, type MergeOptions } from './chain/merge.ts'
export { splitArchive, type SplitPart } from './chain/split.ts'
export {
  planRetention,
  type RetentionDecision,
  type RetentionPolicy,
  type RetentionReason,
  type RetentionRule,
} from './chain/retention.ts'
export {
  describeForRetention,
  type DescribeForRetentionOptions,
  type RetentionArchive,
} from './chain/retention-needs.ts'
export type { Period } from './chain/retention-periods.ts'
export { findVersions, type PathVersion, type VersionData, type VersionState } from './chain/versions.ts'
export type { Archive } from './read/archive.ts'
export type { Entry, EntryLine, StreamOptions } from './read/entry.ts'
export { entrySource, type EntrySourceArchive } from './read/entry-source.ts'
export type { FolderItem } from './read/folder-items.ts'
export type { EntriesOptions, PathsOptions } from './read/line-lookup.ts'
export { type OpenOptions, openArchive } from './read/open-archive.ts'
export { openSlices, type OpenSlicesOptions } from './read/open-slices.ts'
export { openUrl, type OpenUrlOptions } from './read/open-url.ts'
export { readSliceSizes, type ReadSliceSizesOptions } from './read/read-slice-sizes.ts'
export type { PackedMember, PackedOptions } from './read/packed-member.ts'
export type { DataOptions } from './read/read-data.ts'
export type { VerifyOptions, VerifyProblem, VerifyProgress, VerifyReport } from './read/verify.ts'
export type { Device, EntryMetadata, EntryType, Time } from './tar/entry-type.ts'
export { judgeEntryPath, normalizeEntryPath } from './tar/entry-path.ts'
export type { ListingRecord, Location } from './tail/listing-record.ts'
export type { PathBlock } from './tail/path-gatherer.ts'
export type { ServiceInfo } from './tail/service-info.ts'
export type { Section, TailLayout } from './tail/tail-layout.ts'
export { VERSION } from './version.ts'
export type { ArchiveReader } from './worker/archive-reader.ts'
export { openArchiveInWorker, type OpenInWorkerOptions } from './worker/open-in-worker.ts'
export type { ArchivePlace, HttpPlace } from './worker/source-place.ts'
export {
  type AddedEntry,
  type ArchiveSummary,
  type ArchiveWriter,
  createArchive,
  type CreateOptions,
  type ResumedArchive,
} from './write/archive-writer.ts'
export type { EntryData, WatchedData } from './write/entry-data.ts'
export type { BaseIdentity } from './write/archive-info.ts'
export type { EntryInput } from './write/entry-input.ts'
export type { BaseData, PackedData, PlacedData } from './write/placed-data.ts'
export { STORED_SUFFIXES } from './write/stored-suffixes.ts'
