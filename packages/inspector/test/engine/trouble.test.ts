/** Every error has plain words. */
import {
  BaseMismatchError,
  EntryNotFoundError,
  FormatError,
  IntegrityError,
  LimitError,
  StorageError,
  type StorageFailure,
  UnsupportedError,
} from 'isptar'
import { expect, test } from 'vitest'
import type { TroubleKind } from '../../src/contract/trouble.ts'
import { ArchiveEngine } from '../../src/engine/archive-engine.ts'
import { ArchiveHolder } from '../../src/engine/archive-holder.ts'
import { explainOpening } from '../../src/engine/explain-opening.ts'
import { troubleOf } from '../../src/engine/trouble-of.ts'
import { siteArchive } from '../archives.ts'

function storage(
  kind: StorageFailure,
  location = 'https://backups.example/site.tgz',
  message = 'cannot',
): StorageError {
  return new StorageError(message, { operation: 'read', location, kind })
}

test.each<[TroubleKind, unknown]>([
  ['not-found', storage('not-found')],
  ['slice-missing', storage('not-found', 'https://backups.example/site.tgz.part3')],
  ['denied', storage('denied')],
  ['changed', storage('changed')],
  ['changed', storage('changed', 'site.tgz')],
  ['no-ranges', storage('no-ranges')],
  ['network', storage('timeout')],
  ['network', storage('connection')],
  ['network', storage('protocol')],
  ['cors', storage('protocol', undefined, 'let it answer HEAD or expose Content-Range')],
  ['damaged', storage('out-of-range')],
  ['other', storage('other')],
  ['damaged', new FormatError('no sense')],
  ['damaged', new IntegrityError('wrong CRC')],
  ['base-missing', new BaseMismatchError('needs its base 1, which was not given: give it')],
  ['base-missing', new BaseMismatchError('a.tgz is not base 1 of b.tgz')],
  ['unsupported', new UnsupportedError('format 3')],
  ['limit', new LimitError('too much', { limit: 'MAX', max: 1, actual: 2 })],
  ['limit', new DOMException('full', 'QuotaExceededError')],
  ['limit', new RangeError('Array buffer allocation failed')],
  ['not-found', new EntryNotFoundError('a', 'b.tgz')],
  ['aborted', new DOMException('stop', 'AbortError')],
  ['other', new TypeError('what')],
  ['other', 'thrown'],
])('%s', (kind, error) => {
  const trouble = troubleOf(error)
  expect(trouble.kind).toBe(kind)
  expect(trouble.title).toMatch(/^[A-Z].*[^.]$/)
  // Details are for experts; words say it without them.
  if (kind !== 'aborted') expect(trouble.detail).not.toBe('')
  expect(trouble.advice).toMatch(/^$|\.$/)
})

test('a slice that is missing is named', () => {
  expect(troubleOf(storage('not-found', 'https://backups.example/site.tgz.part3'))).toMatchObject({
    title: 'Slice 3 is missing',
    advice: 'Put site.tgz.part3 beside the other slices, and try again.',
  })
})

test('names in details cannot mislead', () => {
  expect(troubleOf(new FormatError('of \u202egpj.exe\u0007')).detail).toBe('of \\u{202e}gpj.exe\\u{7}')
})

const never = new AbortController().signal

test.each([
  ['an ordinary tar.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, ...new Array<number>(60).fill(0)), /ordinary tar\.gz, or cut/],
  ['a zip', Buffer.from(`PK\u0003\u0004${'x'.repeat(60)}`), /zip file/],
  ['a page', Buffer.from(`<!doctype html>${' '.repeat(60)}`), /web page/],
  ['anything else', Buffer.from('hello '.repeat(20)), /not an isptar archive/],
  ['nothing', new Uint8Array(0), /not an isptar archive/],
])('%s is told as what it is', async (_, bytes, title) => {
  const engine = new ArchiveEngine(new ArchiveHolder())
  const places = [{ type: 'file' as const, name: 'it.tgz', blob: new Blob([new Uint8Array(bytes)]) }]
  const opening = engine.open({ places }, () => {}, never)
  await expect(opening).rejects.toMatchObject({ trouble: { kind: 'not-archive', title: expect.stringMatching(title) } })
})

test('an archive that is cut is not called whole', async () => {
  const bytes = await siteArchive()
  const places = [{ type: 'file' as const, name: 'site.tgz', blob: new Blob([new Uint8Array(bytes.subarray(0, -9))]) }]
  const opening = new ArchiveEngine(new ArchiveHolder()).open({ places }, () => {}, never)
  await expect(opening).rejects.toMatchObject({
    trouble: { kind: 'not-archive', title: expect.stringMatching(/cut short/) },
  })
})

test('a server that does not answer is told by its name', async () => {
  const error = storage('connection', 'http://127.0.0.1:9/site.tgz')
  const places = [{ type: 'url' as const, url: 'http://127.0.0.1:9/site.tgz' }]
  expect(await explainOpening(error, places, undefined)).toMatchObject({
    trouble: { kind: 'network', title: '127.0.0.1:9 does not answer' },
  })
})

test('other errors are left as they are', async () => {
  const error = new IntegrityError('wrong CRC')
  expect(await explainOpening(error, [], undefined)).toBe(error)
})
