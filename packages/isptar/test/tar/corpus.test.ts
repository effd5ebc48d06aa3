/**
 * Reads the tars of other projects' test suites (Go, tar-split, tar-rs, tokio-tar, tar-stream, libarchive, commons-compress).
 * They are not part of this repository: ISPTAR_CORPUS names the folder that holds them.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodeText } from '../../src/bytes/text.ts'
import { isIsptarError } from '../../src/errors.ts'
import type { TarRecord } from '../../src/tar/tar-record.ts'
import { walkTar } from './walk-tar.ts'

const CORPUS = process.env['ISPTAR_CORPUS']
const PROJECTS = ['golang', 'tar-split', 'tar-rs', 'tokio-tar', 'tar-stream', 'libarchive', 'commons-compress']
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024

function tarsOf(project: string): string[] {
  const folder = join(CORPUS ?? '', project)
  if (CORPUS === undefined || !existsSync(folder)) return []
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files
    .map((file) => join(folder, file))
    .filter((file) => /(?:\.tar|\.tgz|\.gz|\/[0-9a-f]{64})$/.test(file) && statSync(file).isFile())
}

/** The bytes of a tar, unpacked where it is gzip; undefined when it is no gzip after all. */
function load(file: string): Uint8Array | undefined {
  const bytes = readFileSync(file)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES })
  } catch {
    return undefined
  }
}

/** Unlike a missing tool, a missing corpus is never a failure. */
function needsCorpus(skip: (reason: string) => void, present: boolean, what: string): void {
  if (present) return
  console.warn(`skipped: ISPTAR_CORPUS has no ${what}`)
  skip(`ISPTAR_CORPUS has no ${what}`)
}

type Outcome = readonly TarRecord[] | string

function outcome(tar: Uint8Array): Outcome {
  try {
    return walkTar(tar)
  } catch (error) {
    if (!isIsptarError(error)) throw error
    return error.code
  }
}

function names(tar: Uint8Array): string[] | string {
  const result = outcome(tar)
  if (typeof result === 'string') return result
  return result.map((record) => {
    if (record.kind === 'end') return ''
    return decodeText(record.kind === 'entry' ? record.header.pathBytes : record.pathBytes)
  })
}

describe.each(PROJECTS)('the tars of %s', (project) => {
  test('are read or refused with a typed error', ({ skip }) => {
    const files = tarsOf(project)
    needsCorpus(skip, files.length > 0, `tars of ${project}`)
    let read = 0
    for (const file of files) {
      const tar = load(file)
      if (tar === undefined) continue
      const result = outcome(tar)
      if (typeof result !== 'string') read += 1
      else expect(['format', 'limit'], basename(file)).toContain(result)
    }
    expect(read).toBeGreaterThan(files.length / 2)
  })
})

describe('a tar made to be read in two ways', () => {
  test.for<[string, string[] | string]>([
    ['tokio-tar/tests/archives/pax-hidden-entry.tar', ['file_a', 'file_b', 'hidden']],
    ['tokio-tar/tests/archives/pax-phantom-entry.tar', ['file_a', 'file_b']],
    ['tokio-tar/tests/archives/pax-overrides-extension-header.tar', ['longname.txt', 'file_b']],
    ['tokio-tar/tests/archives/pax-header-precedence.tar', ['normal.txt', 'blob.bin', 'marker.txt']],
    ['golang/gnu-not-utf8.tar', ['hi\udc80\udc81\udc82\udc83bye']],
    ['golang/pax-nul-path.tar', 'format'],
    ['golang/neg-size.tar', 'format'],
    ['commons-compress/src/test/resources/synthetic/long-name/gnu-fail.tar', 'limit'],
    ['commons-compress/src/test/resources/synthetic/long-name/pax-fail.tar', 'limit'],
    ['libarchive/libarchive/test/test_read_format_tar_pax_g_large.tar', 'limit'],
  ])('%s is read as GNU tar, bsdtar and Python do, or refused', ([file, expected], { skip }) => {
    const path = join(CORPUS ?? '', file)
    needsCorpus(skip, CORPUS !== undefined && existsSync(path), file)
    expect(names(readFileSync(path))).toEqual(expected)
  })
})
