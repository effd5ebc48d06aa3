import { expect, test } from 'vitest'
import { dropsRights, restoredMode, restoresXattr } from '../../src/extract/restored-rights.ts'

test.each([
  [{ owners: true, samePermissions: true, umask: 0 }, 0o7755, true],
  [{ owners: true, samePermissions: false, umask: 0 }, 0o1755, false],
  [{ owners: false, samePermissions: true, umask: 0 }, 0o1755, false],
  [{ owners: false, samePermissions: false, umask: 0o077 }, 0o1700, false],
])('%j gives 07755 as %o (attack 26)', (policy, mode, privileged) => {
  expect(restoredMode(0o7755, policy)).toBe(mode)
  expect(restoresXattr('security.capability', policy)).toBe(privileged)
  expect(restoresXattr('trusted.overlay.opaque', policy)).toBe(privileged)
  expect(restoresXattr('user.note', policy)).toBe(true)
  expect(restoresXattr('system.posix_acl_access', policy)).toBe(true)
  expect(dropsRights(0o4755, [], policy)).toBe(!privileged)
  expect(dropsRights(0o2755, [], policy)).toBe(!privileged)
  expect(dropsRights(0o755, ['user.note', 'security.capability'], policy)).toBe(!privileged)
  expect(dropsRights(0o1755, ['user.note'], policy)).toBe(false)
})
