/** The report of a check in words. */
import type { CheckReport } from '../contract/check-calls.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText } from '../text/quantity.ts'

/**
 * Says in a few words how it went.
 *
 * @param subject - what was checked
 */
export function verdictOf(report: CheckReport, subject: string): string {
  const { isOk, isComplete, uncheckedFiles, problems, moreProblems } = report
  const found = isOk ? undefined : `${countText(problems.length + moreProblems, 'problem')} found in ${subject}`
  if (isComplete) return found ?? `Everything in ${subject} is right`
  if (uncheckedFiles === undefined) return `${found ?? `The listing of ${subject} is right`}; no data was checked`
  const files = `${countText(uncheckedFiles, 'file')} ${uncheckedFiles === 1 ? 'was' : 'were'} not checked`
  return `${found ?? `What is here of ${subject} is right`}; ${files}`
}

/** Says how much was checked. */
export function extentOf({ entryCount, dataBytes }: CheckReport): string {
  return `${countText(entryCount, 'entry', 'entries')} looked at, ${bytesText(dataBytes)} of data read and found right.`
}

/**
 * Gives all of it as plain text, a line a problem.
 *
 * @param subject - what was checked
 * @param archive - its name
 */
export function reportText(report: CheckReport, { subject, archive }: { subject: string; archive: string }): string {
  const { problems, moreProblems, basis, notices } = report
  return [
    `Check of ${printable(archive)}`,
    verdictOf(report, subject),
    extentOf(report),
    ...basis,
    ...(problems.length > 0 ? ['', 'Problems:'] : []),
    ...problems.map(
      ({ path, message }) => `- ${path === undefined ? '' : `${printable(path)}: `}${printable(message)}`,
    ),
    ...(moreProblems > 0 ? [`- and ${moreProblems.toLocaleString('en')} more`] : []),
    ...(notices.length > 0 ? ['', 'Notices:', ...notices.map((notice) => `- ${printable(notice)}`)] : []),
    '',
  ].join('\n')
}
