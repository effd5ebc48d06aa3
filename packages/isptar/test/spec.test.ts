/**
 * The worked example of SPEC.md: its hex is an archive that this reader reads, and the bytes that this writer writes
 * with pako, whose output is the same in every engine.
 * Run with UPDATE_SPEC=1 to write it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createArchive, MemorySource, MemoryTarget, openArchive, pakoCodec } from 'isptar'
import { expect, test } from 'vitest'
import { decodeMember } from '../src/gzip/decode-member.ts'

const SPEC = new URL('../SPEC.md', import.meta.url)
const MARK = '<!-- worked example: written by test/spec.test.ts, which also reads it back -->\n'

async function exampleArchive(): Promise<Uint8Array> {
  const target = new MemoryTarget()
  const writer = createArchive(target, { createdAt: new Date(0), level: 9, codec: pakoCodec })
  await writer.add(
    { path: 'hello.txt', mode: 0o644, userName: 'root', groupName: 'root', mtime: new Date(0) },
    'hello\n',
  )
  await writer.close()
  return target.bytes()
}

function describe(bytes: Uint8Array): string {
  const names = [
    'header member',
    'data member',
    'header member of `.backup.info`',
    'digest section',
    'listing',
    'service info',
    'trailer',
  ]
  const parts: string[] = []
  for (let offset = 0, n = 0; offset < bytes.length; n += 1) {
    const { plain, packedBytes } = decodeMember(pakoCodec, bytes.subarray(offset), { maxBytes: 1 << 20 })
    const hex = Buffer.from(bytes.subarray(offset, offset + packedBytes)).toString('hex')
    const rows = (hex.match(/.{1,64}/g) ?? []).map((row) => (row.match(/../g) ?? []).join(' '))
    parts.push(`**${n + 1}. ${names[n]}**: at ${offset}, ${packedBytes} bytes, ${plain.length} plain\n`)
    parts.push('```hex', ...rows, '```', '```text', ...readable(plain), '```\n')
    offset += packedBytes
  }
  return parts.join('\n')
}

/** Text as it stands, runs of NUL as one dot, a line a line; what is no text in hex. */
function readable(plain: Uint8Array): string[] {
  if (plain.some((byte) => byte > 126)) return [Buffer.from(plain).toString('hex')]
  const text = Buffer.from(plain).toString('latin1').replace(/\0+/g, ' · ').replace(/\t/g, ' → ')
  return text.split('\n').map((line) => line.trim())
}

test('the example is what the writer writes', async () => {
  const spec = readFileSync(SPEC, 'utf8')
  const head = spec.slice(0, spec.indexOf(MARK) + MARK.length)
  const example = `${head}\n${describe(await exampleArchive()).trimEnd()}\n`
  if (process.env.UPDATE_SPEC) writeFileSync(SPEC, example)
  expect(readFileSync(SPEC, 'utf8')).toBe(example)
})

test('the hex of the example is an archive', async () => {
  const spec = readFileSync(SPEC, 'utf8')
  const blocks = [...spec.slice(spec.indexOf(MARK)).matchAll(/```hex\n([^`]*)```/g)]
  expect(blocks).toHaveLength(7)
  const bytes = Buffer.from(
    blocks
      .map((match) => match[1])
      .join('')
      .replace(/\s/g, ''),
    'hex',
  )
  await using archive = await openArchive(new MemorySource(bytes))
  expect(await archive.text('hello.txt')).toBe('hello\n')
  expect((await archive.verify()).ok).toBe(true)
})
