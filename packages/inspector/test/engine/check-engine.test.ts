/** Checking, without a browser. */
import { isolateCatalogue, MemorySource, MemoryTarget, openArchive } from 'isptar'
import { expect, test } from 'vitest'
import type { CheckProgress, CheckReport, CheckScope } from '../../src/contract/check-calls.ts'
import { ArchiveHolder } from '../../src/engine/archive-holder.ts'
import { CheckEngine } from '../../src/engine/check-engine.ts'
import { buildArchive, differential, fixture, hostileSite, siteArchive } from '../archives.ts'

async function engineOf(bytes: Uint8Array, bases: readonly Uint8Array[] = []): Promise<CheckEngine> {
  const holder = new ArchiveHolder()
  const opened = bases.map((base) => openArchive(new MemorySource(base)))
  const archive = await openArchive(new MemorySource(bytes), { bases: await Promise.all(opened) })
  await holder.hold({ archive, counters: [] })
  return new CheckEngine(holder)
}

async function check(
  bytes: Uint8Array,
  scope: CheckScope | readonly string[],
  bases: readonly Uint8Array[] = [],
): Promise<CheckReport> {
  const wanted: CheckScope = 'type' in scope ? scope : { type: 'entries', paths: scope }
  return (await engineOf(bytes, bases)).verify(wanted, () => undefined, new AbortController().signal)
}

/** Flips a bit of a file's data. */
async function damaged(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  const { location } = await (await openArchive(new MemorySource(bytes))).get(path)
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8((location?.offset ?? 0) + 30) ^ 1, (location?.offset ?? 0) + 30)
  return copy
}

const ALL: CheckScope = { type: 'archive' }

test('the whole archive', async () => {
  const report = await check(await siteArchive(), ALL)
  expect(report).toMatchObject({ isOk: true, scope: 'archive', entryCount: 17, problems: [], notices: [] })
  expect(report.basis.join(' ')).toMatch(/SHA-256 where one is recorded.*ordinary tar/s)
})

test('a folder, a file, several of them: what was read, and by what it was checked', async () => {
  const bytes = await siteArchive()
  expect(await check(bytes, ['site/docs'])).toEqual({
    isOk: true,
    isComplete: true,
    uncheckedFiles: 0,
    scope: 'entries',
    entryCount: 3,
    dataBytes: 17 * 200 + 25 * 40,
    basis: ['2 files held to SHA-256, CRC-32 and length.'],
    problems: [],
    moreProblems: 0,
    notices: [],
  })
  expect(await check(bytes, ['site/etc/motd'])).toMatchObject({ entryCount: 1, dataBytes: 6 })
  expect(await check(bytes, ['site/etc', 'site/etc/motd', 'site/empty'])).toMatchObject({ entryCount: 4 })
  expect(await check(bytes, [''])).toMatchObject({ entryCount: 17 })
  const plain = await buildArchive([{ path: 'a', data: 'x' }], { digest: 'none' })
  expect((await check(plain, [''])).basis).toEqual(['1 file held to CRC-32 and length alone.'])
})

test('archives of the original program, which have neither index nor digests', async () => {
  const bytes = fixture('original/plain/archive.tgz')
  expect(await check(bytes, ALL)).toMatchObject({ isOk: true })
  expect(await check(bytes, [''])).toMatchObject({ isOk: true, problems: [] })
})

test('a hardlink is worth what the file is that it names', async () => {
  const bytes = await siteArchive()
  expect(await check(bytes, ['site/welcome'])).toMatchObject({ isOk: true, entryCount: 1, dataBytes: 6 })
  const report = await check(await damaged(bytes, 'site/etc/motd'), ['site/welcome'])
  expect(report).toMatchObject({ isOk: false, problems: [{ path: 'site/welcome' }] })
  const dangling = await buildArchive([{ path: 'a', type: 'hardlink', linkTarget: 'none' }])
  expect((await check(dangling, [''])).problems[0]?.message).toMatch(/which is no file/)
})

test('what is damaged is named, and the rest is checked', async () => {
  const bytes = await damaged(await damaged(await siteArchive(), 'site/noise.bin'), 'site/docs/guide.txt')
  for (const scope of [ALL, ['']] as const) {
    const { isOk, problems, dataBytes } = await check(bytes, scope)
    expect(isOk).toBe(false)
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining(['site/docs/guide.txt', 'site/noise.bin']))
    expect(dataBytes).toBeGreaterThan(900)
  }
  expect(await check(bytes, ['site/etc'])).toMatchObject({ isOk: true })
})

test('a wrong digest is found one by one and in a pass', async () => {
  const bytes = Buffer.from(await siteArchive())
  const digest = await (await openArchive(new MemorySource(bytes))).digest('site/etc/motd')
  const at = bytes.indexOf(digest ?? '')
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  expect((await check(bytes, ['site/etc/motd'])).problems).toMatchObject([{ path: 'site/etc/motd' }])
  // The section's own CRC-32 is wrong, so that none of the digests is believed in a pass; then CRC-32 is left.
  const { problems, basis, entryCount } = await check(bytes, ['site'])
  expect(problems).toMatchObject([{ path: undefined, message: expect.stringMatching(/CRC-32/) }])
  expect({ basis, entryCount }).toEqual({ basis: ['10 files held to CRC-32 and length alone.'], entryCount: 17 })
})

test('data in a base is checked where the base is open, else it is said that it is not', async () => {
  const { archive, base } = await differential()
  const alone = await check(archive, ['site'])
  expect(alone).toMatchObject({ isOk: true, isComplete: false, uncheckedFiles: 3 })
  expect(await check(archive, ALL)).toMatchObject({ isOk: true, isComplete: false, uncheckedFiles: 3 })
  expect(alone.notices).toEqual(['Not checked: 3 files have their data in base 1 (sun.tgz), which is not open.'])
  const whole = await check(archive, ['site'], [base])
  expect(whole).toMatchObject({ isComplete: true, notices: [] })
  expect(whole.dataBytes).toBeGreaterThan(alone.dataBytes + 3000)
  const wrong = await check(archive, ['site'], [await damaged(base, 'site/docs/guide.txt')])
  expect(wrong.problems).toMatchObject([{ path: 'site/docs/guide.txt' }])
})

test('a catalogue has no data to check, which is said', async () => {
  const archive = await openArchive(new MemorySource(await siteArchive()))
  const target = new MemoryTarget()
  await isolateCatalogue(archive, target)
  const report = await check(target.bytes(), ['site'])
  expect(report).toMatchObject({ isOk: true, isComplete: false, dataBytes: 0 })
  expect(report.notices[0]).toMatch(/catalogue/)
})

test('hostile archives give a report', async () => {
  for (const scope of [ALL, ['']] as const) {
    const { isOk, problems } = await check(hostileSite(), scope)
    expect(isOk).toBe(false)
    expect(problems.some(({ path }) => path === '../../etc/passwd')).toBe(true)
  }
})

test('tells how far it is, of how much', async () => {
  const told: CheckProgress[] = []
  const engine = await engineOf(await siteArchive())
  for (const scope of [ALL, { type: 'entries', paths: ['site/etc'] } as const])
    await engine.verify(scope, (progress) => told.push(progress), new AbortController().signal)
  expect(told[0]).toMatchObject({ totalEntries: 17, path: 'site' })
  expect(told.at(-1)).toMatchObject({ totalEntries: 3, totalBytes: 58 })
})

test('stops', async () => {
  const engine = await engineOf(await siteArchive())
  for (const scope of [ALL, { type: 'entries', paths: ['site'] } as const]) {
    const controller = new AbortController()
    const checking = engine.verify(scope, () => controller.abort(), controller.signal)
    await expect(checking).rejects.toMatchObject({ name: 'AbortError' })
  }
})
