/** What a policy keeps, what that needs, and why; nothing that stays loses what it needs. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import {
  describeForRetention,
  MemorySource,
  openArchive,
  planRetention,
  type RetentionArchive,
  type RetentionPolicy,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { openLink, writeLink } from './memory-chain.ts'

const UTC = { utc: true }

function archiveOf(name: string, createdAt: string | undefined, bases: readonly string[] = []): RetentionArchive {
  return { name, identity: `id-${name}`, createdAt, baseIdentities: bases.map((base) => `id-${base}`) }
}

function plan(archives: readonly RetentionArchive[], policy: RetentionPolicy): Record<string, string> {
  const decisions = planRetention(archives, { ...UTC, ...policy })
  return Object.fromEntries(
    decisions.map(({ archive, keep, reasons }) => [
      archive.name,
      keep ? reasons.map(({ text }) => text).join('; ') : 'goes',
    ]),
  )
}

describe('the calendar', () => {
  const daily = Array.from({ length: 70 }, (_, day) => {
    const moment = new Date(Date.UTC(2026, 0, 1 + day, 2))
    return archiveOf(moment.toISOString().slice(0, 10), moment.toISOString())
  })
  const kept = (policy: RetentionPolicy): string[] =>
    planRetention(daily, { ...UTC, ...policy })
      .filter(({ keep }) => keep)
      .map(({ archive }) => archive.name)

  it('keeps the last ones', () => {
    expect(kept({ keepLast: 3 })).toEqual(['2026-03-11', '2026-03-10', '2026-03-09'])
    expect(kept({ keepLast: 1000 })).toHaveLength(70)
  })

  it('keeps the newest of each day, week, month and year', () => {
    expect(kept({ daily: 2 })).toEqual(['2026-03-11', '2026-03-10'])
    // 8 and 1 March 2026 are Sundays: the last days of their weeks.
    expect(kept({ weekly: 3 })).toEqual(['2026-03-11', '2026-03-08', '2026-03-01'])
    expect(kept({ monthly: 12 })).toEqual(['2026-03-11', '2026-02-28', '2026-01-31'])
    expect(kept({ yearly: 1 })).toEqual(['2026-03-11'])
  })

  it('several of one day count as one', () => {
    const archives = ['01', '05', '23'].map((hour) => archiveOf(hour, `2026-03-11T${hour}:00:00Z`))
    expect(plan(archives, { daily: 5 })).toEqual({ '23': 'daily 2026-03-11', '05': 'goes', '01': 'goes' })
  })

  it('days are local unless UTC is asked for', () => {
    // Whatever the zone of the machine, both lie in one local hour of one day.
    const local = [new Date(2026, 2, 11, 0, 10), new Date(2026, 2, 11, 23, 50)]
    const archives = local.map((moment, i) => archiveOf(String(i), moment.toISOString()))
    const decisions = planRetention(archives, { daily: 2 })
    expect(decisions.map(({ keep }) => keep)).toEqual([true, false])
    expect(decisions[0]?.reasons[0]?.text).toBe('daily 2026-03-11')
  })

  it('tells every reason', () => {
    const [only] = planRetention([archiveOf('a', '2026-03-11T00:00:00Z')], {
      ...UTC,
      keepLast: 1,
      daily: 1,
      weekly: 1,
      monthly: 1,
      yearly: 1,
    })
    const texts = ['last 1', 'daily 2026-03-11', 'weekly week of 2026-03-09', 'monthly 2026-03', 'yearly 2026']
    expect(only?.reasons.map(({ text }) => text)).toEqual(texts)
    expect(only?.reasons.map(({ rule }) => rule)).toEqual(['last', 'daily', 'weekly', 'monthly', 'yearly'])
  })
})

describe('what stays keeps what it needs', () => {
  const full = archiveOf('full', '2026-03-01T00:00:00Z')
  const mon = archiveOf('mon', '2026-03-02T00:00:00Z', ['full'])
  const tue = archiveOf('tue', '2026-03-03T00:00:00Z', ['mon', 'full'])

  it('all bases of a differential', () => {
    const old = archiveOf('old', '2026-02-01T00:00:00Z')
    expect(plan([full, tue, old, mon], { keepLast: 1 })).toEqual({
      tue: 'last 1',
      mon: 'needed by tue',
      full: 'needed by tue; needed by mon',
      old: 'goes',
    })
  })

  it('of one moment, a differential is newer than its base', () => {
    const late = archiveOf('late', full.createdAt, ['full'])
    for (const archives of [
      [full, late],
      [late, full],
    ])
      expect(plan(archives, { keepLast: 1 })).toEqual({ late: 'last 1', full: 'needed by late' })
  })

  it('only those whose data it has, where that is known', () => {
    const exact = { ...tue, usedDepths: new Set([2]) }
    expect(plan([full, mon, exact], { keepLast: 1 })).toEqual({ tue: 'last 1', mon: 'goes', full: 'needed by tue' })
  })

  it('copies and catalogues of one archive stay and go together', () => {
    const catalogue = { ...full, name: 'full.cat' }
    expect(plan([full, catalogue, mon, tue], { keepLast: 2 })).toMatchObject({
      full: 'needed by tue; needed by mon',
      'full.cat': 'needed by tue; needed by mon',
      mon: 'last 2; needed by tue',
    })
    const later = archiveOf('later', '2026-04-01T00:00:00Z')
    expect(plan([full, catalogue, later], { keepLast: 1 })).toEqual({
      later: 'last 1',
      full: 'goes',
      'full.cat': 'goes',
    })
  })

  it('bases beyond the eight that an archive names are named by the eighth', () => {
    const names = Array.from({ length: 20 }, (_, i) => `a${i}`)
    const chain = names.map((name, i) => {
      const bases = names.slice(0, i).toReversed().slice(0, 8)
      return archiveOf(name, new Date(Date.UTC(2026, 0, i + 1)).toISOString(), bases)
    })
    const decisions = planRetention(chain, { keepLast: 1 })
    expect(decisions.every(({ keep }) => keep)).toBe(true)
    // Where the eighth is not at hand, any of the others may be the ninth.
    const gap = chain.filter(({ name }) => name !== 'a11')
    const stranger = archiveOf('stranger', '2020-01-01T00:00:00Z')
    const [, unknown] = planRetention([...gap, stranger], { keepLast: 1 })
      .toReversed()
      .slice(-2)
    expect(unknown?.keep).toBe(true)
    expect(plan([...gap, stranger], { keepLast: 1 })['stranger']).toMatch(/^may be needed by a19, which does not name/)
    // Depths that are known to be among the eight do not lead further.
    const exact = gap.map((archive) => ({ ...archive, usedDepths: new Set(archive.name === 'a19' ? [1] : []) }))
    expect(plan([...exact, stranger], { keepLast: 1 })).toMatchObject({
      stranger: 'goes',
      a18: 'needed by a19',
      a17: 'goes',
    })
  })

  it('archives that name each other do not make it run for ever', () => {
    const a = archiveOf(
      'a',
      '2026-01-02T00:00:00Z',
      Array.from({ length: 8 }, () => 'b'),
    )
    const b = archiveOf(
      'b',
      '2026-01-01T00:00:00Z',
      Array.from({ length: 8 }, () => 'a'),
    )
    expect(plan([a, b], { keepLast: 1 })).toEqual({ a: 'last 1; needed by b', b: 'needed by a' })
  })

  it('what is pinned, and what it needs', () => {
    const later = archiveOf('later', '2026-04-01T00:00:00Z')
    expect(plan([full, { ...mon, pinned: true }, tue, later], { keepLast: 1 })).toEqual({
      later: 'last 1',
      tue: 'goes',
      mon: 'to be kept',
      full: 'needed by mon',
    })
  })
})

describe('archives of the original program', () => {
  const fixture = async (name: string): Promise<RetentionArchive> => {
    const bytes = readFileSync(new URL(`../../../../fixtures/original/diff/${name}`, import.meta.url))
    return describeForRetention(await openArchive(new MemorySource(bytes, name)))
  }

  it('stay, since they do not say when they were written', async () => {
    const full = await fixture('full.tgz')
    expect(full).toMatchObject({ createdAt: undefined, baseIdentities: [], usedDepths: new Set() })
    const [dated, other] = ['2026-01-01', '2026-01-02'].map((day) => archiveOf(day, `${day}T00:00:00Z`))
    expect(plan([full, dated, other] as RetentionArchive[], { keepLast: 1 })).toEqual({
      '2026-01-02': 'last 1',
      '2026-01-01': 'goes',
      'full.tgz': 'does not say when it was written',
    })
  })

  it('that are differentials keep everything: they do not name their bases', async () => {
    const d1 = await fixture('d1.tgz')
    expect(d1.usedDepths).toEqual(new Set([1]))
    const old = archiveOf('old', '2026-01-01T00:00:00Z')
    const young = archiveOf('young', '2026-01-02T00:00:00Z')
    expect(plan([d1, old, young], { keepLast: 1 })['old']).toBe(
      'may be needed by d1.tgz, which does not name all its bases',
    )
  })

  it('are known as bases by the identity that is worked out', async () => {
    const bytes = readFileSync(new URL('../../../../fixtures/original/diff/full.tgz', import.meta.url))
    const archive = await openArchive(new MemorySource(bytes, 'full.tgz'))
    expect((await fixture('full.tgz')).identity).toBe(await archive.computeIdentity())
  })
})

describe('describing an open archive', () => {
  it('needs all its bases, or exactly those that entries refer to', async () => {
    const full = await writeLink('full', [
      { path: 'a', data: 'a' },
      { path: 'b', data: 'b' },
    ])
    const d1 = await writeLink('d1', [{ kept: 'a' }, { path: 'b', data: 'new' }], { base: full })
    const d2 = await writeLink('d2', [{ kept: 'a' }, { path: 'b', data: 'newer' }], { base: d1 })
    const described = await describeForRetention(d2.archive)
    expect(described).toEqual({
      name: 'd2',
      identity: d2.archive.identity,
      createdAt: '2024-05-06T07:08:09Z',
      baseIdentities: [d1.archive.identity, full.archive.identity],
    })
    expect(await describeForRetention(d2.archive, { exact: true })).toEqual({ ...described, usedDepths: new Set([2]) })
    expect((await describeForRetention((await openLink('full', full.bytes)).archive)).baseIdentities).toEqual([])
  })

  it('needs those by which bases are found that it has no name for', async () => {
    const long = (n: number): string => `${n}${'x'.repeat(100)}`
    let link = await writeLink(long(0), [{ path: 'a', data: 'a' }])
    for (let n = 1; n <= 5; n += 1) link = await writeLink(long(n), [{ kept: 'a' }], { base: link })
    const described = await describeForRetention(link.archive, { exact: true })
    expect(described.usedDepths).toEqual(new Set([5, 4, 3, 2]))
  })
})

describe('refused', () => {
  it.each([{}, { keepLast: 0, daily: 0 }, { utc: true }])('a policy that keeps nothing: %j', (policy) => {
    expect(() => planRetention([], policy)).toThrow(
      new RangeError('the policy keeps no archive: set keepLast, daily, weekly, monthly or yearly'),
    )
  })

  it.each([{ keepLast: -1 }, { daily: 1.5 }, { yearly: Number.NaN }, { weekly: Infinity }])('a count: %j', (policy) => {
    expect(() => planRetention([], policy)).toThrow(RangeError)
  })
})

/** Chains of random length and depth, some archives missing, some without a time, depths known for some. */
const arbitraryBackup: fc.Arbitrary<RetentionArchive[]> = fc
  .array(
    fc.record({
      full: fc.integer({ min: 0, max: 14 }).map((n) => n === 0),
      day: fc.integer({ min: 0, max: 40 }),
      dated: fc.boolean().map((yes) => yes || undefined),
      depths: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 14 })), { nil: undefined }),
    }),
    { maxLength: 25 },
  )
  .map((rows) => {
    // A base's bases are the base and what it has: as archives are made.
    const bases: string[][] = []
    return rows.map(({ full, day, dated, depths }, i) => {
      const own = full || i === 0 ? [] : [`id-${i - 1}`, ...(bases[i - 1] ?? [])]
      bases.push(own)
      const createdAt = dated && new Date(Date.UTC(2026, 0, 1 + day)).toISOString()
      const used = depths?.filter((depth) => depth <= own.length)
      return {
        name: String(i),
        identity: `id-${i}`,
        createdAt,
        baseIdentities: own.slice(0, 8),
        ...(used && { usedDepths: new Set(used) }),
        all: own,
      }
    })
  })

it('never lets go what one that stays needs', () => {
  const count = fc.integer({ min: 0, max: 4 })
  const policies = fc
    .record({ keepLast: count, daily: count, weekly: count, monthly: count, yearly: count })
    .filter((policy) => Object.values(policy).some((n) => n > 0))
  fc.assert(
    fc.property(arbitraryBackup, policies, fc.func(fc.boolean()), (archives, policy, isGone) => {
      const present = archives.filter(({ name }) => !isGone(name))
      const decisions = planRetention(present, { ...UTC, ...policy })
      expect(decisions.map(({ archive }) => archive.name).toSorted()).toEqual(
        present.map(({ name }) => name).toSorted(),
      )
      const going = new Set(decisions.filter(({ keep }) => !keep).map(({ archive }) => archive.identity))
      for (const { archive, keep, reasons } of decisions) {
        expect(keep).toBe(reasons.length > 0)
        const { all, usedDepths } = archive as RetentionArchive & { all: string[] }
        const needed = usedDepths ? [...usedDepths].map((depth) => all[depth - 1] ?? '') : all
        if (keep) expect(needed.filter((identity) => going.has(identity))).toEqual([])
      }
    }),
    { numRuns: 300 },
  )
})
