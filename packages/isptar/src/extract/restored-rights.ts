/**
 * Which of the stored rights are given to a restored entry. setuid, setgid and the attributes that grant privileges are
 * given only when that was asked for and the owner is restored too: a setuid file that falls to another owner would hand
 * out that owner's rights. Sticky only restricts, so it always comes along.
 */

/** What the restoring user may and wants to give. */
export interface RightsPolicy {
  /** Whether owners are restored. */
  readonly owners: boolean
  /** Whether setuid, setgid and privileged attributes are restored. */
  readonly samePermissions: boolean
  /** Permission bits that nothing restored gets. */
  readonly umask: number
}

/** Gives the permission bits to restore. */
export function restoredMode(mode: number, policy: RightsPolicy): number {
  return mode & (givesPrivileges(policy) ? 0o7777 : 0o1777) & ~policy.umask
}

/** Tells whether an extended attribute is restored: `user.` and ACLs always, `security.`, `trusted.` and others as rights are. */
export function restoresXattr(name: string, policy: RightsPolicy): boolean {
  return name.startsWith('user.') || name.startsWith('system.posix_acl_') || givesPrivileges(policy)
}

/** Tells whether an entry has setuid, setgid or attributes that are not given to it. */
export function dropsRights(mode: number, xattrNames: Iterable<string>, policy: RightsPolicy): boolean {
  if (givesPrivileges(policy)) return false
  return (mode & 0o6000) !== 0 || [...xattrNames].some((name) => !restoresXattr(name, policy))
}

function givesPrivileges({ samePermissions, owners }: RightsPolicy): boolean {
  return samePermissions && owners
}
