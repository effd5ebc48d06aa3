import { expect, test } from 'vitest'
import { modeString } from '../../src/text/mode-string.ts'

test.each([
  ['file', 0o644, '-rw-r--r--'],
  ['directory', 0o755, 'drwxr-xr-x'],
  ['symlink', 0o777, 'lrwxrwxrwx'],
  ['hardlink', 0o600, 'hrw-------'],
  ['fifo', 0o000, 'p---------'],
  ['char', 0o660, 'crw-rw----'],
  ['block', 0o660, 'brw-rw----'],
  ['file', 0o4755, '-rwsr-xr-x'],
  ['file', 0o4644, '-rwSr--r--'],
  ['directory', 0o2755, 'drwxr-sr-x'],
  ['file', 0o2644, '-rw-r-Sr--'],
  ['directory', 0o1777, 'drwxrwxrwt'],
  ['directory', 0o1776, 'drwxrwxrwT'],
] as const)('%s %i is %s', (type, mode, text) => {
  expect(modeString(type, mode)).toBe(text)
})
