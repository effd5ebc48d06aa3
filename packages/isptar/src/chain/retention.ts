/**
 * Says which archives of a backup may go: a calendar keeps some, and those keep what they need. Whatever stays is whole:
 * no archive that stays needs one that goes (SPEC 8).
 */
import { newestFirst, writtenAt } from './newest-first.ts'
import { type Period, periodOf, PERIODS } from './retention-periods.ts'
import { neededBases, type RetentionArchive } from './retention-needs.ts'

/** How many archives to keep: each rule the newest one of each of so many periods that have an archive. */
export interface RetentionPolicy extends Readonly<Partial<Record<Period, number | undefined>>> {
  /** How many of the newest. */
  readonly keepLast?: number | undefined
  /** Whether days begin at midnight UTC. @defaultValue false: local time */
  readonly utc?: boolean | undefined
}

/** Why an archive stays. `unknown`: what it needs, or who needs it, is not recorded. */
export type RetentionRule = 'last' | Period | 'pinned' | 'base' | 'unknown'

/** One reason for which an archive stays. */
export interface RetentionReason {
  readonly rule: RetentionRule
  /** In a few words: `last 1`, `daily 2026-11-18`, `needed by wednesday.tgz`. */
  readonly text: string
}

/** What is to happen to one archive. */
export interface RetentionDecision<A extends RetentionArchive = RetentionArchive> {
  readonly archive: A
  readonly keep: boolean
  /** Empty for one that may go. */
  readonly reasons: readonly RetentionReason[]
}

/**
 * Decides which archives stay and which may go. Touches nothing.
 *
 * Archives without a time (those of the original program) always stay. Where one that stays may need archives that it
 * does not name, every archive stays.
 *
 * @param archives - all archives of the backup, in any order; {@link describeForRetention} describes an open one. What is
 * not given is not known to need anything
 * @param policy - at least one rule above 0
 * @returns a decision an archive, newest first
 * @throws RangeError for a policy that keeps nothing, or a count that is no whole number
 */
export function planRetention<A extends RetentionArchive>(
  archives: readonly A[],
  policy: RetentionPolicy,
): RetentionDecision<A>[] {
  checkPolicy(policy)
  const ordered = inOrder(archives)
  const copies = groupByIdentity(ordered)
  const reasons = new Map(ordered.map((archive) => [archive, ownReasons(archive)]))
  for (const [identity, reason] of keptByCalendar(ordered, policy))
    for (const copy of copies.get(identity) ?? []) reasons.get(copy)?.push(reason)
  keepNeeded(ordered, copies, reasons)
  return ordered.map((archive) => {
    const found = reasons.get(archive) ?? []
    return { archive, keep: found.length > 0, reasons: found }
  })
}

function checkPolicy(policy: RetentionPolicy): void {
  const counts = [policy.keepLast, ...PERIODS.map((period) => policy[period])].map((count) => count ?? 0)
  const wrong = counts.find((count) => !Number.isSafeInteger(count) || count < 0)
  if (wrong !== undefined) throw new RangeError(`a policy keeps ${wrong} archives, expected a whole number from 0 on`)
  if (counts.every((count) => count === 0))
    throw new RangeError('the policy keeps no archive: set keepLast, daily, weekly, monthly or yearly')
}

/** Newest first; archives without a time come last. */
function inOrder<A extends RetentionArchive>(archives: readonly A[]): A[] {
  return [...newestFirst(archives.filter(hasTime)), ...archives.filter((archive) => !hasTime(archive))]
}

function hasTime(archive: RetentionArchive): boolean {
  return !Number.isNaN(writtenAt(archive))
}

function groupByIdentity<A extends RetentionArchive>(archives: readonly A[]): ReadonlyMap<string, readonly A[]> {
  const groups = new Map<string, A[]>()
  for (const archive of archives) {
    const group = groups.get(archive.identity)
    if (group === undefined) groups.set(archive.identity, [archive])
    else group.push(archive)
  }
  return groups
}

function ownReasons(archive: RetentionArchive): RetentionReason[] {
  const reasons: RetentionReason[] = []
  if (archive.pinned === true) reasons.push({ rule: 'pinned', text: 'to be kept' })
  if (!hasTime(archive)) reasons.push({ rule: 'unknown', text: 'does not say when it was written' })
  return reasons
}

/** Copies of an archive, and its catalogue, count as one: they have one identity. */
function* keptByCalendar(
  ordered: readonly RetentionArchive[],
  policy: RetentionPolicy,
): Iterable<readonly [identity: string, reason: RetentionReason]> {
  const times = new Map(ordered.filter(hasTime).map((archive) => [archive.identity, writtenAt(archive)]))
  const dated = [...times]
  for (const [index, [identity]] of dated.slice(0, policy.keepLast ?? 0).entries())
    yield [identity, { rule: 'last', text: `last ${index + 1}` }]
  for (const period of PERIODS) {
    const seen = new Set<string>()
    for (const [identity, time] of dated) {
      if (seen.size >= (policy[period] ?? 0)) break
      const name = periodOf(new Date(time), period, policy.utc ?? false)
      if (!seen.has(name)) yield [identity, { rule: period, text: `${period} ${name}` }]
      seen.add(name)
    }
  }
}

/** Goes from each archive that stays to those it needs, and on from them. */
function keepNeeded<A extends RetentionArchive>(
  archives: readonly A[],
  copies: ReadonlyMap<string, readonly A[]>,
  reasons: ReadonlyMap<A, RetentionReason[]>,
): void {
  const waiting = archives.filter((archive) => reasons.get(archive)?.length !== 0)
  const seen = new Set(waiting)
  for (let archive = waiting.shift(); archive !== undefined; archive = waiting.shift()) {
    const needed = neededBases(archive, copies)
    const found = needed.isComplete ? [...needed.identities].flatMap((id) => copies.get(id) ?? []) : archives
    for (const base of found) {
      if (base === archive) continue
      reasons.get(base)?.push(reasonOfNeed(archive.name, needed.isComplete))
      if (!seen.has(base)) waiting.push(base)
      seen.add(base)
    }
  }
}

function reasonOfNeed(name: string, isKnown: boolean): RetentionReason {
  if (isKnown) return { rule: 'base', text: `needed by ${name}` }
  return { rule: 'unknown', text: `may be needed by ${name}, which does not name all its bases` }
}
