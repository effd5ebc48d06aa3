/** What differs between two descriptions of one path, data aside. */
import { equalBytes } from '../bytes/text.ts'
import type { EntryMetadata, Time } from '../tar/entry-type.ts'

/** What of an entry can differ. */
export type ChangedField = 'type' | 'size' | 'content' | 'mtime' | 'mode' | 'owner' | 'link' | 'device' | 'xattrs'

/** Every {@link ChangedField}, in the order in which they are told. */
export const CHANGED_FIELDS: readonly ChangedField[] = [
  ...(['type', 'size', 'content', 'mtime', 'mode'] as const),
  ...(['owner', 'link', 'device', 'xattrs'] as const),
]

/** What is compared of an entry. */
export interface ComparedMetadata extends EntryMetadata {
  readonly mtime?: Time | undefined
  /** Target of a symlink or hardlink. */
  readonly linkBytes?: Uint8Array | undefined
  /** Undefined where they were not looked at. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array> | undefined
  /** Whether it is of format 1: times in whole seconds and of files only, no device numbers, no attributes. */
  readonly isCoarse: boolean
}

/**
 * Gives what differs. Where the types do, nothing else is compared; what one side does not record is not. Owners are
 * compared by id.
 */
export function changedFields(a: ComparedMetadata, b: ComparedMetadata): ChangedField[] {
  if (a.type !== b.type) return ['type']
  const isCoarse = a.isCoarse || b.isCoarse
  const differs: readonly (readonly [ChangedField, boolean])[] = [
    ['size', a.sizeBytes !== b.sizeBytes],
    ['mtime', !sameTime(a.mtime, b.mtime, isCoarse)],
    ['mode', a.mode !== b.mode],
    ['owner', a.uid !== b.uid || a.gid !== b.gid],
    ['link', !sameBytes(a.linkBytes, b.linkBytes)],
    ['device', !isCoarse && (a.device?.major !== b.device?.major || a.device?.minor !== b.device?.minor)],
    ['xattrs', !isCoarse && !sameAttributes(a.xattrs, b.xattrs)],
  ]
  return differs.filter(([, differ]) => differ).map(([field]) => field)
}

function sameTime(a: Time | undefined, b: Time | undefined, isCoarse: boolean): boolean {
  if (a === undefined || b === undefined) return true
  return a.seconds === b.seconds && (isCoarse || a.nanoseconds === b.nanoseconds)
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b)
}

type Attributes = ComparedMetadata['xattrs']

function sameAttributes(a: Attributes, b: Attributes): boolean {
  if (a === undefined || b === undefined) return true
  return a.size === b.size && [...a].every(([name, value]) => sameBytes(value, b.get(name)))
}
