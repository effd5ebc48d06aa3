/** Takes files out of the archive: data held to its digests, or members moved into a new archive. */
import {
  BlobSource,
  createSha256,
  type Entry,
  flattenArchive,
  isIsptarError,
  normalizeEntryPath,
  openArchive,
  StreamTarget,
} from 'isptar'
import type { TakeCalls, TakeMeasure, TakenArchive, TakenFile, TakeProgress } from '../contract/take-calls.ts'
import { TroubleError } from '../contract/trouble.ts'
import { toHex } from '../text/hex.ts'
import type { ArchiveHolder } from './archive-holder.ts'
import { fileOf, getEntry } from './find-entry.ts'
import { gathering } from './gathering.ts'
import { measureSelection } from './measure-selection.ts'
import { PathScope } from './path-scope.ts'
import { piecesOf } from './pieces-of.ts'
import { seldom } from './seldom.ts'
import { readyTable } from './whole-table.ts'

/** Takes out. */
export class TakeEngine implements TakeCalls {
  readonly #holder: ArchiveHolder

  constructor(holder: ArchiveHolder) {
    this.#holder = holder
  }

  measure(paths: readonly string[], signal: AbortSignal): Promise<TakeMeasure | undefined> {
    return measureSelection(this.#holder.archive, paths, signal)
  }

  async file(
    path: string,
    line: number,
    out: WritableStream<Uint8Array>,
    onProgress: (progress: TakeProgress) => void,
    signal: AbortSignal,
  ): Promise<TakenFile> {
    const writer = gathering(out).getWriter()
    writer.closed.catch(() => undefined)
    try {
      const { archive } = this.#holder
      const entry = await getEntry(archive, path, line, signal)
      // Reading what has no data says so.
      const source = (await fileOf(archive, entry, signal)) ?? entry
      const tell = seldom((dataBytes: number) => onProgress({ entryCount: 0, dataBytes, totalBytes: source.sizeBytes }))
      const sha256 = createSha256()
      let dataBytes = 0
      for await (const piece of piecesOf(archive.stream(source, { signal }))) {
        sha256.update(piece)
        await writer.write(piece)
        dataBytes += piece.length
        tell(dataBytes)
      }
      const digest = sha256.hex()
      const checkedBy = checkDigest(source, digest, await source.digest({ signal }))
      await writer.close()
      return { sizeBytes: dataBytes, digest, checkedBy, isDirty: source.dirty || entry.dirty }
    } catch (error) {
      await writer.abort(error).catch(() => undefined)
      throw error
    }
  }

  async archive(
    paths: readonly string[],
    out: WritableStream<Uint8Array>,
    onProgress: (progress: TakeProgress) => void,
    signal: AbortSignal,
  ): Promise<TakenArchive> {
    const scope = new PathScope(paths)
    const target = new StreamTarget(gathering(out), 'the new archive')
    try {
      const { archive } = this.#holder
      const measure = readyTable(archive) && (await measureSelection(archive, paths, signal))
      const totalBytes = measure?.isAll ? measure.fileBytes : undefined
      const { entryCount, sizeBytes, dirtyCount } = await flattenArchive(archive, target, {
        select: (entry) => isWanted(scope, entry),
        onProgress: seldom((progress) => onProgress({ ...progress, totalBytes })),
        signal,
      })
      return { entryCount, sizeBytes, dirtyCount }
    } catch (error) {
      await target.abort()
      throw error
    }
  }

  async checkWrittenFile(file: Blob, { sizeBytes, digest }: TakenFile, signal: AbortSignal): Promise<void> {
    const source = new BlobSource(file)
    const sha256 = createSha256()
    for await (const piece of source.stream(0, file.size, { signal })) sha256.update(piece)
    if (file.size === sizeBytes && sha256.hex() === digest) return
    throw notWhatWasWritten(`${file.size} bytes of ${sizeBytes}, with another SHA-256`)
  }

  async checkWritten(
    file: Blob,
    taken: TakenArchive,
    onProgress: (progress: TakeProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    if (file.size !== taken.sizeBytes) throw notWhatWasWritten(`${file.size} bytes of ${taken.sizeBytes}`)
    const archive = await openArchive(new BlobSource(file, 'the new archive'), { signal }).catch(refuseUnreadable)
    const report = await archive.verify({
      signal,
      onProgress: seldom((progress) => onProgress({ ...progress, totalBytes: undefined })),
    })
    const [problem] = report.problems
    if (problem !== undefined) throw notWhatWasWritten(problem.message)
    if (report.entryCount !== taken.entryCount)
      throw notWhatWasWritten(`${report.entryCount} entries of ${taken.entryCount}`)
  }
}

/** Folders on the way to what was selected come along, so that what is unpacked has their modes and owners. */
function isWanted(scope: PathScope, { path, type }: Entry): boolean {
  const normal = normalizeEntryPath(path)
  return scope.has(normal) || (type === 'directory' && scope.leadsTo(normal))
}

function checkDigest({ path }: Entry, digest: string, recorded: Uint8Array | undefined): TakenFile['checkedBy'] {
  if (recorded === undefined) return 'crc32'
  if (toHex(recorded) === digest) return 'sha256'
  throw new TroubleError({
    kind: 'damaged',
    title: 'The data is not what was packed',
    detail: `${JSON.stringify(path)}: the SHA-256 of its data is ${digest}, recorded is ${toHex(recorded)}`,
    advice: 'Take the file from another copy of the archive.',
  })
}

/** The archive was whole when it was written. */
function refuseUnreadable(error: unknown): never {
  throw isIsptarError(error) ? notWhatWasWritten(error.message) : error
}

function notWhatWasWritten(detail: string): TroubleError {
  return new TroubleError({
    kind: 'damaged',
    title: 'What was read back is not what was written',
    detail,
    advice: 'Check the disk, and how much room is on it; then save once more, or somewhere else.',
  })
}
