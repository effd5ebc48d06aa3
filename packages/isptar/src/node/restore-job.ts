/**
 * Restores a batch of small files from their packed members, by synchronous calls only: on a worker thread or, where there
 * are none, in the main one. A file that is not restored entirely is not restored at all, nothing of it is left, and
 * whoever gave the job finds out why by restoring it alone.
 */
import { closeSync, openSync, renameSync, unlinkSync } from 'node:fs'
import { encodeText } from '../bytes/text.ts'
import type { RightsPolicy } from '../extract/restored-rights.ts'
import type { Posix } from './posix.ts'
import { applyToFd } from './restore-attributes.ts'
import { CREATE_NEW } from './restore-file.ts'
import { HoleWriter } from './restore-holes.ts'
import { type FilesMessage, type JobFile, type JobMember, unpackFiles } from './restore-message.ts'
import { unfoldGroup, unfoldMember } from './restore-unfold.ts'
import { codec } from './zlib-codec.ts'

const BLOCK_BYTES = 512
const SURROGATE = /[\ud800-\udfff]/

/** A batch of files whose members lie in one window of the archive. */
export interface RestoreJob {
  readonly files: FilesMessage
  readonly fileCount: number
  readonly window: Uint8Array
  /** What a file is called until it is whole; nothing else may have that name. */
  readonly temporary: string
  readonly policy: RightsPolicy & { readonly xattrs: boolean }
  /** Not 0 when the files that are left are not wanted any more. */
  readonly stop: Int32Array
}

/** What became of a file; `lost`: the thread ended before it said. */
export const JOB_OUTCOME = { failed: 0, restored: 1, restoredWithoutRights: 2, lost: 3 } as const

/** Outcomes in the order of the files, each one of {@link JOB_OUTCOME} but `lost`. */
export type RestoreResult = Uint8Array<ArrayBuffer>

/** Restores what it can of a batch. Never throws. */
export function runRestoreJob(job: RestoreJob, posix: Posix): RestoreResult {
  const outcomes = new Uint8Array(job.fileCount)
  const data = new JobData(job.window)
  let index = 0
  for (const file of unpackFiles(job.files)) {
    if (Atomics.load(job.stop, 0) !== 0) break
    try {
      outcomes[index] = restoreFile(file, data.of(file), job, posix)
    } catch {
      outcomes[index] = JOB_OUTCOME.failed
    }
    index += 1
  }
  return outcomes
}

function restoreFile(
  file: JobFile,
  data: Uint8Array | undefined,
  { policy, temporary }: RestoreJob,
  posix: Posix,
): number {
  if (data === undefined) return JOB_OUTCOME.failed
  const path = file.folder + temporary
  const fd = openSync(path, CREATE_NEW, 0o600)
  let outcome: number = JOB_OUTCOME.restored
  let isRestored = false
  try {
    try {
      const writer = new HoleWriter(fd)
      writer.write(data)
      writer.finish()
      applyToFd(fd, file, {
        policy,
        posix,
        onFailure: () => (outcome = JOB_OUTCOME.failed),
        onDroppedRights: () => (outcome &&= JOB_OUTCOME.restoredWithoutRights),
      })
    } finally {
      closeSync(fd)
    }
    if (outcome !== JOB_OUTCOME.failed) renameSync(path, pathOf(file))
    isRestored = outcome !== JOB_OUTCOME.failed
  } finally {
    if (!isRestored) unlinkSync(path)
  }
  return outcome
}

/** Gives the data of files, of groups too, which are unfolded once for files that follow each other. */
class JobData {
  readonly #window: Uint8Array
  #groupOffset = -1
  /** Good until something else is unfolded. */
  #group: Uint8Array | undefined

  constructor(window: Uint8Array) {
    this.#window = window
  }

  /** Gives the data when all is right that is recorded of it; good until the next call. */
  of({ sizeBytes, member }: JobFile): Uint8Array | undefined {
    if (member === undefined) return sizeBytes === 0 ? new Uint8Array() : undefined
    const paddedBytes = Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
    const data =
      member.plainOffset > 0 ? this.#ofGroup(member, paddedBytes) : this.#ofOwn(member, sizeBytes, paddedBytes)
    return data?.subarray(0, sizeBytes)
  }

  #ofOwn(member: JobMember, sizeBytes: number, paddedBytes: number): Uint8Array | undefined {
    this.#groupOffset = -1
    const found = unfoldMember(this.#packed(member), paddedBytes)
    if (found === undefined || found.packedBytes !== member.packedBytes) return undefined
    const isLong = found.plain.length === sizeBytes || found.plain.length === paddedBytes
    return isLong && (member.crc32 === undefined || member.crc32 === found.crc32) ? found.plain : undefined
  }

  #ofGroup(member: JobMember, paddedBytes: number): Uint8Array | undefined {
    if (this.#groupOffset !== member.offset) {
      this.#group = unfoldGroup(this.#packed(member))
      this.#groupOffset = member.offset
    }
    const data = this.#group?.subarray(member.plainOffset, member.plainOffset + paddedBytes)
    return data?.length === paddedBytes && codec.crc32(data) === member.crc32 ? data : undefined
  }

  #packed({ offset, packedBytes }: JobMember): Uint8Array {
    return this.#window.subarray(offset, offset + packedBytes)
  }
}

/** Bytes only for a name that is not UTF-8, which Node would write as another. */
function pathOf({ folder, name }: JobFile): string | Buffer {
  return SURROGATE.test(name) ? Buffer.from(encodeText(folder + name)) : folder + name
}
