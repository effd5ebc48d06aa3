import { expect, test } from 'vitest'
import { restoredMode, restoresXattr } from '../../src/extract/restored-rights.ts'

test.each([
  [{ owners: true, samePermissions: true }, 0o7755, true],
  [{ owners: true, samePermissions: false }, 0o755, false],
  [{ owners: false, samePermissions: true }, 0o755, false],
])('%j gives 07755 as %o (attack 26)', (policy, mode, privileged) => {
  expect(restoredMode(0o7755, policy)).toBe(mode)
  expect(restoresXattr('security.capability', policy)).toBe(privileged)
  expect(restoresXattr('trusted.overlay.opaque', policy)).toBe(privileged)
  expect(restoresXattr('user.note', policy)).toBe(true)
  expect(restoresXattr('system.posix_acl_access', policy)).toBe(true)
})
