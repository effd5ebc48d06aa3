/**
 * Gives restored entries their owner, attributes, rights and times, in the order in which none undoes another: chown
 * clears setuid and capabilities, chmod may forbid writing attributes, all of them change times. Nothing here follows a
 * symlink. One that fails does not keep the others from being set.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lchownSync,
  lstatSync,
  openSync,
} from 'node:fs'
import { restoredMode, restoresXattr, type RightsPolicy } from '../extract/restored-rights.ts'
import type { Time } from '../tar/entry-type.ts'
import type { PathOrFd, Posix } from './posix.ts'

/** What is restored of an entry besides its data. */
export interface Attributes {
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime?: Time | undefined
  readonly xattrs: ReadonlyMap<string, Uint8Array>
}

/** Which attributes are restored, by which calls, and who hears of failures. */
export interface AttributeContext {
  readonly policy: RightsPolicy & { readonly xattrs: boolean }
  readonly posix: Posix
  readonly onFailure: (error: unknown) => void
}

const O_PATH = 0o10000000

/** Sets everything on an open file or folder. */
export function applyToFd(fd: number, attributes: Attributes, context: AttributeContext): void {
  const owned = applyOwner(attributes, context, (uid, gid) => fchownSync(fd, uid, gid))
  applyXattrs(fd, attributes, context)
  attempt(context, () => fchmodSync(fd, modeFor(attributes, context, owned)))
  applyTime(fd, attributes, context)
}

/** Sets everything on a file that must not be opened, or on a symlink, which has no rights of its own. */
export function applyToPath(path: Buffer, attributes: Attributes, context: AttributeContext): void {
  const owned = applyOwner(attributes, context, (uid, gid) => lchownSync(path, uid, gid))
  applyXattrs(path, attributes, context)
  attempt(context, () => changeMode(path, modeFor(attributes, context, owned)))
  applyTime(path, attributes, context)
}

function attempt(context: AttributeContext, step: () => void): boolean {
  try {
    step()
    return true
  } catch (error) {
    context.onFailure(error)
    return false
  }
}

function applyOwner(
  attributes: Attributes,
  context: AttributeContext,
  chown: (uid: number, gid: number) => void,
): boolean {
  return context.policy.owners && attempt(context, () => chown(attributes.uid, attributes.gid))
}

function applyXattrs(file: PathOrFd, attributes: Attributes, context: AttributeContext): void {
  if (!context.policy.xattrs) return
  attempt(context, () => {
    for (const [name, value] of attributes.xattrs)
      if (restoresXattr(name, context.policy)) attempt(context, () => context.posix.writeXattr(file, name, value))
  })
}

function applyTime(file: PathOrFd, attributes: Attributes, context: AttributeContext): void {
  const { mtime } = attributes
  if (mtime !== undefined) attempt(context, () => context.posix.setModifiedTime(file, mtime))
}

function modeFor(attributes: Attributes, context: AttributeContext, owned: boolean): number {
  return restoredMode(attributes.mode, { samePermissions: context.policy.samePermissions, owners: owned })
}

/** chmod follows links, so the file is pinned first: a descriptor that opens nothing and can only be named. */
function changeMode(path: Buffer, mode: number): void {
  if (process.platform !== 'linux') {
    if (!lstatSync(path).isSymbolicLink()) chmodSync(path, mode)
    return
  }
  const pin = openSync(path, O_PATH | constants.O_NOFOLLOW)
  try {
    if (!fstatSync(pin).isSymbolicLink()) chmodSync(`/proc/self/fd/${pin}`, mode)
  } finally {
    closeSync(pin)
  }
}
