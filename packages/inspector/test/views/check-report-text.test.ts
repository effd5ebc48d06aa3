/** How a check went, in words. */
import { expect, test } from 'vitest'
import type { CheckReport } from '../../src/contract/check-calls.ts'
import { reportText, verdictOf } from '../../src/views/check-report-text.ts'

const right: CheckReport = {
  isOk: true,
  isComplete: true,
  uncheckedFiles: 0,
  scope: 'archive',
  entryCount: 3,
  dataBytes: 0,
  basis: [],
  problems: [],
  moreProblems: 0,
  notices: [],
}
const wrong: CheckReport = { ...right, isOk: false, problems: [{ path: 'a', message: 'is wrong' }] }

test.each<[CheckReport, string]>([
  [right, 'Everything in it is right'],
  [{ ...right, isComplete: false, uncheckedFiles: 1 }, 'What is here of it is right; 1 file was not checked'],
  [{ ...right, isComplete: false, uncheckedFiles: 1200 }, 'What is here of it is right; 1,200 files were not checked'],
  [{ ...right, isComplete: false, uncheckedFiles: undefined }, 'The listing of it is right; no data was checked'],
  [wrong, '1 problem found in it'],
  [{ ...wrong, isComplete: false, uncheckedFiles: 2 }, '1 problem found in it; 2 files were not checked'],
  [{ ...wrong, isComplete: false, uncheckedFiles: undefined }, '1 problem found in it; no data was checked'],
])('%o', (report, verdict) => {
  expect(verdictOf(report, 'it')).toBe(verdict)
  expect(reportText(report, { subject: 'it', archive: 'a.tgz' })).toContain(`\n${verdict}\n`)
})
