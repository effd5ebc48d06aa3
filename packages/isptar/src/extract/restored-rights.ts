/**
 * Which of the stored rights are given to a restored entry. setuid, setgid, sticky and the attributes that grant
 * privileges are given only when that was asked for and the owner is restored too: a setuid file that falls to another
 * owner would hand out that owner's rights.
 */

/** What the restoring user may and wants to give. */
export interface RightsPolicy {
  /** Whether owners are restored. */
  readonly owners: boolean
  /** Whether setuid, setgid, sticky and privileged attributes are restored. */
  readonly samePermissions: boolean
}

/** Gives the permission bits to restore. */
export function restoredMode(mode: number, policy: RightsPolicy): number {
  return mode & (policy.samePermissions && policy.owners ? 0o7777 : 0o777)
}

/** Tells whether an extended attribute is restored: `user.` and ACLs always, `security.`, `trusted.` and others as rights are. */
export function restoresXattr(name: string, policy: RightsPolicy): boolean {
  if (name.startsWith('user.') || name.startsWith('system.posix_acl_')) return true
  return policy.samePermissions && policy.owners
}
