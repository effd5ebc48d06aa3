/**
 * 92 archives with one deviation each. What the original reads is read right here; what it does not read is read right
 * or refused with the error that the table says, at the step that it says; nothing gives wrong bytes.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import {
  type Archive,
  type ErrorCode,
  isIsptarError,
  MemorySource,
  openArchive,
  type OpenOptions,
  pakoCodec,
} from 'isptar'
import { zlibCodec } from 'isptar/node'
import { describe, expect, it } from 'vitest'
import { collect } from '../packages/isptar/test/read/collect.ts'
import { fixturePath, readExpected } from './original-archives.ts'

/** Where an archive is refused, and why. Files not named in `data` are read right. */
interface Refusal {
  readonly open?: readonly [ErrorCode, RegExp]
  readonly list?: readonly [ErrorCode, RegExp]
  readonly data?: Readonly<Record<string, readonly [ErrorCode, RegExp]>>
}

const NO_TRAILER: Refusal = { open: ['format', /no trailer in the last 39 bytes/] }
const both = (why: readonly [ErrorCode, RegExp]): Refusal => ({ data: { 'd/a': why, 'd/b': why } })

/** Every archive that is not read right, by name. */
const REFUSED: Readonly<Record<string, Refusal>> = {
  'body-bad-escape-in-name': { list: ['format', /bad escape/] },
  'body-big-file-data-bad-crc': { data: { 'd/b': ['integrity', /CRC-32/] } },
  'body-big-file-data-bad-crc-member-ends-exactly-at-data-end': { data: { 'd/b': ['integrity', /CRC-32/] } },
  'body-big-file-data-empty-gz-member-then-data': { data: { 'd/b': ['integrity', /holds 0 bytes/] } },
  'body-big-file-data-multi-member-4k': { data: { 'd/b': ['integrity', /holds 4096 bytes/] } },
  'body-big-file-data-raw-deflate': { data: { 'd/b': ['format', /no gzip member at offset/] } },
  'body-big-file-data-zlib-wrapper': { data: { 'd/b': ['format', /no gzip member at offset/] } },
  'body-crc-of-listing-wrong': { list: ['integrity', /CRC-32/] },
  'body-crc-of-trailer-wrong': NO_TRAILER,
  'body-listing-as-2-gzip-members-split-mid': { list: ['format', /another gzip member follows/] },
  'body-offset-with-leading-zeros-octal': { list: ['format', /offset is "0[0-9]+", expected a decimal/] },
  'body-slice-0': both(['format', /slice 0/]),
  'body-slice-2-nonexistent': both(['format', /slice 2/]),
  'tail-10-bytes-gap-between-listing-and-si-not-counted': { list: ['format', /no gzip member/] },
  'tail-100-junk-zero-bytes-after-trailer-trailer-33-133': NO_TRAILER,
  'tail-7-junk-zero-bytes-after-trailer-trailer-33-40': NO_TRAILER,
  'tail-extra-gzip-member-empty-20b-after-trailer': NO_TRAILER,
  'tail-no-listing-size-key': { open: ['format', /no listing_size/] },
  'tail-si-two-members': { open: ['format', /the service info has/] },
  'tail-trailer-with-fname-so-total-40': NO_TRAILER,
  'tail-trailer-zero-filled-to-10240': NO_TRAILER,
}

/** What the original cannot read and this library can: its buffer of 2,048 bytes is no limit here. */
const READ_HERE_ONLY = ['2049', '2060', '2061', '2100', '4000'].map(
  (size) => `si-service-info-uncompressed-${size}-bytes-extra-key-zz-compressible`,
)

/** The only archive that the original reads and that is refused here: it restores a file whose CRC-32 is wrong. */
const REFUSED_HERE_ONLY = 'body-big-file-data-bad-crc'

const expected = readExpected(fixturePath('variants/expected.json'))

const variants = readdirSync(fixturePath('variants'))
  .filter((name) => name.endsWith('.tgz'))
  .map((name) => name.slice(0, -'.tgz'.length))

describe.each([
  { codec: pakoCodec },
  { codec: zlibCodec },
  { codec: zlibCodec, residentListingBytes: 0, tailBytes: 39 },
])('with $codec.name, listing kept up to $residentListingBytes', (options) => {
  it.each(variants)('%s', (name) => check(name, REFUSED[name] ?? {}, options))
})

async function check(name: string, refusal: Refusal, options: OpenOptions): Promise<void> {
  const opening = openArchive(sourceOf(name), options)
  if (refusal.open) return expectError(opening, refusal.open)
  await using archive = await opening
  const listing = collect(archive.entries())
  if (refusal.list) {
    await expectError(listing, refusal.list)
    return expectRightOrTyped(archive)
  }
  const entries = await listing
  expect(entries.map((entry) => entry.path)).toEqual(expect.arrayContaining([...expected.keys()]))
  for (const entry of entries.filter(({ type }) => type === 'file')) {
    const why = refusal.data?.[entry.path]
    if (why) await expectError(entry.bytes(), why)
    else expect(sha256(await entry.bytes())).toBe(expected.get(entry.path)?.sha256)
  }
}

/** A file may be found in a listing whose other lines are bad. */
async function expectRightOrTyped(archive: Archive): Promise<void> {
  for (const [path, { sha256: digest }] of expected) {
    const found = await archive.bytes(path).then(sha256, (error: unknown) => isIsptarError(error))
    expect([digest, true]).toContain(found)
  }
}

async function expectError(promise: Promise<unknown>, [code, message]: readonly [ErrorCode, RegExp]): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(isIsptarError(error, code), String(error)).toBe(true)
  expect(error).toMatchObject({ message: expect.stringMatching(message) })
}

function sourceOf(name: string): MemorySource {
  return new MemorySource(readFileSync(fixturePath(`variants/${name}.tgz`)), name)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('beside the original', () => {
  it('reads what the original reads, with one exception, and some more', () => {
    const lines = readFileSync(fixturePath('variants/verdicts.jsonl'), 'utf8').trim().split('\n')
    const verdicts = lines.map((line) => JSON.parse(line) as { file: string; original: 'ok' | 'fails' })
    const failing = verdicts.filter(({ original }) => original === 'fails').map(({ file }) => file.replace('.tgz', ''))
    expect([verdicts.length, failing.length]).toEqual([92, 25])
    expect(verdicts.map(({ file }) => file.replace('.tgz', '')).sort()).toEqual([...variants].sort())
    const refusedHere = failing.filter((name) => !READ_HERE_ONLY.includes(name))
    expect(Object.keys(REFUSED).sort()).toEqual([...refusedHere, REFUSED_HERE_ONLY].sort())
  })

  it('gives data with a wrong CRC when told to ignore it', async () => {
    await using archive = await openArchive(sourceOf(REFUSED_HERE_ONLY))
    const bytes = await archive.bytes('d/b', { ignoreChecksum: true })
    expect(sha256(bytes)).toBe(expected.get('d/b')?.sha256)
  })

  it('notices a wrong CRC of the service info', async () => {
    await using archive = await openArchive(sourceOf('body-crc-of-si-wrong'))
    expect(archive.notices).toEqual([expect.stringMatching(/^service info: CRC-32/)])
    expect(await archive.verify()).toMatchObject({ ok: false, problems: [{ code: 'integrity' }] })
  })
})

describe('verification', () => {
  it.each(variants)('%s', async (name) => {
    const refusal = REFUSED[name]
    if (refusal?.open) return
    await using archive = await openArchive(sourceOf(name))
    const report = await archive.verify()
    expect(report.ok, JSON.stringify(report.problems)).toBe(refusal === undefined && archive.notices.length === 0)
  })
})
