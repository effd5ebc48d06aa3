/** Nothing that an extraction could not do well goes unsaid. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { IntegrityError, StorageError } from '../../src/errors.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { resolveExtractOptions } from '../../src/node/extract-options.ts'
import { type ExtractProblem, type RefusedEntry, ReportBuilder } from '../../src/node/extract-report.ts'
import { extractInto } from '../../src/node/extract-tree.ts'
import { plainPosix } from '../../src/node/posix.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { hostileArchive } from '../hostile-archive.ts'
import { makeScene } from './extract-scene.ts'

test('what was dirty when it was packed is restored and is a problem', async () => {
  const scene = makeScene()
  const report = await scene.extract([
    { path: 'dirty', data: 'half', columns: ['dirty=1'] },
    { path: 'sound', data: 'whole' },
  ])
  const message = '"dirty" changed or was unreadable while it was packed; the data is restored as stored'
  expect(report).toMatchObject({ ok: false, entryCount: 2, problemCount: 1 })
  expect(report.problems).toEqual([{ code: 'integrity', path: 'dirty', message }])
  expect(scene.paths()).toEqual(['dirty', 'sound'])
})

test('an extraction that throws has told what was refused and what went wrong before', async () => {
  const scene = makeScene()
  writeFileSync(join(scene.out, 'stands'), '')
  const told: (RefusedEntry | ExtractProblem)[] = []
  const controller = new AbortController()
  const entries = [
    { path: 'stands', data: 'x' },
    { path: 'corrupt', data: 'x', corrupt: true },
    { path: 'last', data: 'x' },
    { path: 'never', data: 'x', corrupt: true },
  ]
  const extraction = scene.extract(entries, {
    onProblem: (problem) => told.push(problem),
    onEntry: () => controller.abort(new Error('enough')),
    signal: controller.signal,
  })
  await expect(extraction).rejects.toThrow('enough')
  expect(told).toEqual([
    { code: 'storage', path: 'stands', reason: 'something stands there already' },
    { code: 'integrity', path: 'corrupt', message: expect.stringContaining('CRC-32') },
  ])
})

describe('failures of the file system', () => {
  const failed = (code: string): ReportBuilder => {
    const report = new ReportBuilder()
    report.failed('large', Object.assign(new Error(code), { code }), undefined)
    return report
  }

  test('a file too large for it is a problem of that file', () => {
    const message = 'cannot restore large: the file system takes no file of that size (EFBIG)'
    expect(failed('EFBIG').build([]).problems).toEqual([{ code: 'storage', path: 'large', message }])
  })

  test.each(['ENOSPC', 'EDQUOT'])('%s ends the extraction', (code) => {
    expect(() => failed(code)).toThrow(StorageError)
  })
})

test('callers hear of problems beyond those that are listed', () => {
  let told = 0
  const report = new ReportBuilder(() => {
    told += 1
  })
  for (let i = 0; i < 10_001; i += 1) report.failed(`f${i}`, new IntegrityError('wrong'), undefined)
  expect([told, report.build([]).problemCount, report.build([]).problems.length]).toEqual([10_001, 10_001, 10_000])
})

test('what the machine cannot restore is a notice', async () => {
  const scene = makeScene()
  await using archive = await openArchive(new MemorySource(hostileArchive([{ path: 'f', data: 'x' }])))
  const posix = plainPosix('there is no such package')
  const report = await extractInto(archive, scene.out, resolveExtractOptions({}), { posix })
  expect(report).toMatchObject({ ok: true, notices: [posix.notice] })
})
