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
import { type FilesMessage, type JobFile, unpackFiles } from './restore-message.ts'
import { unfoldMember } from './restore-unfold.ts'

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
  let index = 0
  for (const file of unpackFiles(job.files)) {
    if (Atomics.load(job.stop, 0) !== 0) break
    try {
      outcomes[index] = restoreFile(file, job, posix)
    } catch {
      outcomes[index] = JOB_OUTCOME.failed
    }
    index += 1
  }
  return outcomes
}

function restoreFile(file: JobFile, { window, policy, temporary }: RestoreJob, posix: Posix): number {
  const data = dataOf(file, window)
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

/** Gives the data when all is right that is recorded of it. */
function dataOf({ sizeBytes, member }: JobFile, window: Uint8Array): Uint8Array | undefined {
  if (member === undefined) return sizeBytes === 0 ? new Uint8Array() : undefined
  const paddedBytes = Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
  const { offset, packedBytes, crc32 } = member
  const found = unfoldMember(window.subarray(offset, offset + packedBytes), paddedBytes)
  const isRight =
    found &&
    (found.plain.length === sizeBytes || found.plain.length === paddedBytes) &&
    found.packedBytes === packedBytes &&
    (crc32 === undefined || crc32 === found.crc32)
  return isRight ? found.plain.subarray(0, sizeBytes) : undefined
}

/** Bytes only for a name that is not UTF-8, which Node would write as another. */
function pathOf({ folder, name }: JobFile): string | Buffer {
  return SURROGATE.test(name) ? Buffer.from(encodeText(folder + name)) : folder + name
}
