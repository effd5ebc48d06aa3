/**
 * What a thread does for a packing: it reads files, deflates and hashes them. Jobs and results are few numbers and buffers,
 * which cost little to send. A file that is not what the walk saw is left to the thread that walks.
 */
import { codec } from '#codec'
import { sha256Of } from '#sha256'
import type { Level } from '../gzip/codec.ts'
import { MemberBuffer } from '../gzip/member-buffer.ts'
import { DIGEST_BYTES } from '../tail/digest-section.ts'
import { BatchMaker, paddedBytes } from '../write/batch-maker.ts'
import { type DeflatedPiece, deflatePiece, nextCut, PIECE_BYTES } from '../write/deflate-piece.ts'
import { FACTS_LENGTH, type FileFacts, readStill, readStillPart } from './read-still.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** Entries that follow each other, to be made to members. */
export interface BatchJob {
  readonly kind: 'batch'
  readonly level: Level
  readonly groupBytes: number
  readonly digests: boolean
  /** The headers' tar blocks, one after the other, and where each ends. */
  readonly headers: Uint8Array
  readonly headerEnds: Uint32Array
  /** Paths of the files in the file system, and where each ends; empty for an entry without data. */
  readonly paths: Uint8Array
  readonly pathEnds: Uint32Array
  /** What the walk saw of each, {@link FACTS_LENGTH} numbers an entry. */
  readonly facts: FileFacts
  readonly sizes: Float64Array
  readonly levels: Uint8Array
}

/** Numbers of an entry in a {@link BatchResult}: offset, packedBytes, plainOffset, crc32. */
export const PLACE_LENGTH = 4

/** The members of a batch. */
export interface BatchResult {
  readonly kind: 'batch'
  readonly bytes: Uint8Array<ArrayBuffer>
  /**
   * {@link PLACE_LENGTH} numbers an entry, as `MadeMember` has them; packedBytes is 0 for an entry without data, and −1 for
   * one that is to be stored by another way, between what is before and after `offset`.
   */
  readonly places: Float64Array
  /** SHA-256 of each file's data, 32 bytes an entry; empty when they are not wanted. */
  readonly digests: Uint8Array
}

/** A part of a large file, to be made to pieces. */
export interface PieceJob {
  readonly kind: 'piece'
  /** The file, which stays open until all of its parts are stored: none is read from another that took its name. */
  readonly fd: number
  readonly facts: FileFacts
  readonly level: Level
  readonly seekBytes: number
  /** Where the part begins and ends in the file's data. */
  readonly start: number
  readonly end: number
  readonly isLast: boolean
  /** A buffer of {@link PIECE_BYTES} that comes back with the plaintext in it. */
  readonly buffer: ArrayBuffer
}

/** A part of a large file. */
export interface PieceResult {
  readonly kind: 'piece'
  readonly pieces: readonly DeflatedPiece[]
  /** The job's buffer, with the part's data in it. */
  readonly buffer: ArrayBuffer
  /** Whether the file was as the walk saw it; if not, the pieces hold what there was, and zeros. */
  readonly isStill: boolean
  /** Why it could not be read, if so. */
  readonly failure: string | undefined
}

export type PackJob = BatchJob | PieceJob
export type PackResult = BatchResult | PieceResult

/** Where a file that goes into a batch is read to; a batch holds none that is longer than a piece. */
const scratch = new Uint8Array(PIECE_BYTES)
/** Where members are made. */
const memberBuffer = new MemberBuffer()

/**
 * Does a job.
 *
 * @param fileSystem - what files are read with
 */
export function runPackJob(job: PackJob, fileSystem: TreeFileSystem): PackResult {
  return job.kind === 'batch' ? makeBatch(job, fileSystem) : makePieces(job, fileSystem)
}

/** The buffers of a result that are handed over. */
export function buffersOf(result: PackResult): readonly ArrayBuffer[] {
  if (result.kind === 'batch') return [result.bytes.buffer]
  return [result.buffer, ...result.pieces.flatMap(({ packed }) => ownBuffer(packed))]
}

/** The buffer of bytes that have one of their own. */
function ownBuffer({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}

function makeBatch(job: BatchJob, fileSystem: TreeFileSystem): BatchResult {
  const { level, groupBytes, headers, headerEnds, paths, pathEnds, facts, sizes, levels } = job
  const count = headerEnds.length
  const maker = new BatchMaker({ codec, level, groupBytes }, memberBuffer)
  const places = new Float64Array(count * PLACE_LENGTH)
  const digests = new Uint8Array(job.digests ? count * DIGEST_BYTES : 0)
  const taken: number[] = []
  for (let i = 0, header = 0, path = 0; i < count; header = headerEnds[i] ?? 0, path = pathEnds[i] ?? 0, i += 1) {
    const blocks = headers.subarray(header, headerEnds[i])
    const sourcePath = paths.subarray(path, pathEnds[i])
    if (sourcePath.length === 0) {
      taken.push(i)
      maker.addHeader(blocks)
      continue
    }
    const data = scratch.subarray(0, sizes[i])
    if (!isRead(fileSystem, sourcePath, facts.subarray(i * FACTS_LENGTH, (i + 1) * FACTS_LENGTH), data)) {
      maker.close()
      places.set([maker.byteCount, -1], i * PLACE_LENGTH)
      continue
    }
    taken.push(i)
    if (job.digests) digests.set(sha256Of(data), i * DIGEST_BYTES)
    const padded = scratch.subarray(0, paddedBytes(data.length))
    padded.fill(0, data.length)
    maker.addFile(blocks, padded, levels[i] === 0 ? 0 : level)
  }
  const { bytes, members } = maker.take()
  for (const [k, i] of taken.entries()) {
    const { offset = 0, packedBytes = 0, plainOffset = 0, crc32 = 0 } = members[k] ?? {}
    places.set([offset, packedBytes, plainOffset, crc32], i * PLACE_LENGTH)
  }
  return { kind: 'batch', bytes, places, digests }
}

function isRead(fileSystem: TreeFileSystem, path: Uint8Array, facts: FileFacts, into: Uint8Array): boolean {
  try {
    return readStill(fileSystem, Buffer.from(path.buffer, path.byteOffset, path.byteLength), facts, into)
  } catch {
    return false
  }
}

function makePieces(job: PieceJob, fileSystem: TreeFileSystem): PieceResult {
  const { fd, facts, level, seekBytes, start, end, isLast, buffer } = job
  const data = new Uint8Array(buffer, 0, end - start)
  let isStill = false
  let failure: string | undefined
  try {
    isStill = readStillPart(fileSystem, fd, facts, start, data)
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
  const plain = new Uint8Array(buffer, 0, isLast ? paddedBytes(data.length) : data.length).fill(0, data.length)
  const pieces: DeflatedPiece[] = []
  for (let from = 0; from < plain.length; ) {
    const to = Math.min(nextCut(start + from, seekBytes) - start, plain.length)
    pieces.push(deflatePiece(codec, plain.subarray(from, to), level, isLast && to === plain.length ? 'final' : 'flush'))
    from = to
  }
  return { kind: 'piece', pieces, buffer, isStill, failure }
}
