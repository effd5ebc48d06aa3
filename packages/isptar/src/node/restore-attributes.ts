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
import { UnsupportedError } from '../errors.ts'
import { dropsRights, restoredMode, restoresXattr, type RightsPolicy } from '../extract/restored-rights.ts'
import type { Time } from '../tar/entry-type.ts'
import type { PathOrFd, Posix } from './posix.ts'

/** What is restored of an entry besides its data. */
export interface Attributes {
  readonly mode: number
  /** Bits that stay set, whatever the archive says. */
  readonly keptBits?: number | undefined
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
  /** Told when setuid, setgid or a privileged attribute was not given. */
  readonly onDroppedRights: () => void
}

/** What chown takes for "as it is": it would succeed without giving the file away. */
const LEAVE_OWNER = 0xffff_ffff

const O_PATH = 0o10000000

/** Sets everything on an open file or folder. */
export function applyToFd(fd: number, attributes: Attributes, context: AttributeContext): void {
  apply(fd, attributes, context, {
    chown: (uid, gid) => fchownSync(fd, uid, gid),
    chmod: (mode) => fchmodSync(fd, mode),
  })
}

/** Sets everything on a file that must not be opened, or on a symlink, which has no rights of its own. */
export function applyToPath(path: Buffer, attributes: Attributes, context: AttributeContext): void {
  apply(path, attributes, context, {
    chown: (uid, gid) => lchownSync(path, uid, gid),
    chmod: (mode) => changeMode(path, mode),
  })
}

interface Calls {
  readonly chown: (uid: number, gid: number) => void
  readonly chmod: (mode: number) => void
}

function apply(file: PathOrFd, attributes: Attributes, context: AttributeContext, calls: Calls): void {
  const { mode, keptBits = 0, mtime } = attributes
  const owners = context.policy.owners && attempt(context, () => changeOwner(attributes, calls))
  const policy = { ...context.policy, owners }
  let dropped = dropsRights(mode, [], policy)
  if (policy.xattrs)
    attempt(context, () => {
      const { xattrs } = attributes
      dropped ||= dropsRights(mode, xattrs.keys(), policy)
      for (const [name, value] of xattrs)
        if (restoresXattr(name, policy)) attempt(context, () => context.posix.writeXattr(file, name, value))
    })
  attempt(context, () => calls.chmod(restoredMode(mode, policy) | keptBits))
  if (mtime !== undefined) attempt(context, () => context.posix.setModifiedTime(file, mtime))
  if (dropped) context.onDroppedRights()
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

function changeOwner({ uid, gid }: Attributes, calls: Calls): void {
  if (uid === LEAVE_OWNER || gid === LEAVE_OWNER)
    throw new UnsupportedError(
      `cannot give it to ${uid}:${gid}: ${LEAVE_OWNER} is no owner, it means to leave the old one`,
    )
  calls.chown(uid, gid)
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
