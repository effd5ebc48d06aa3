/** Tells from its metadata whether an entry is as a base has it (SPEC 8). */
import { equalBytes } from '../bytes/text.ts'
import type { Entry } from '../read/entry.ts'
import type { Device, EntryType, Time } from '../tar/entry-type.ts'

/** What is known of an entry without reading it. */
export interface PresentEntry {
  readonly type: EntryType
  readonly uid: number
  readonly gid: number
  readonly mtime: Time
  /** 0 for all but files. */
  readonly sizeBytes: number
  readonly linkTarget?: Uint8Array | undefined
  readonly device?: Device | undefined
}

/**
 * Tells whether an entry is unchanged: same type, owner and group, link target, device, size and time. Mode, names of
 * owners and extended attributes may differ: they stand in the listing. Hardlinks are told by their target, and a file that
 * changed while it was packed is never unchanged.
 *
 * @param then - what the base has
 * @param precision - of its times: those of format 1 are whole seconds
 */
export function isUnchanged(now: PresentEntry, then: Entry, precision: 'seconds' | 'nanoseconds'): boolean {
  if (now.type !== then.type || now.uid !== then.uid || now.gid !== then.gid || then.dirty) return false
  if (!sameBytes(now.linkTarget, then.linkTargetBytes)) return false
  if (now.type === 'hardlink') return true
  if (now.sizeBytes !== then.sizeBytes || !sameDevice(now.device, then.device)) return false
  // Format 1 has times of files only.
  if (then.mtime === undefined) return true
  return (
    now.mtime.seconds === then.mtime.seconds &&
    (precision === 'seconds' || now.mtime.nanoseconds === then.mtime.nanoseconds)
  )
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b)
}

function sameDevice(a: Device | undefined, b: Device | undefined): boolean {
  return a?.major === b?.major && a?.minor === b?.minor
}
