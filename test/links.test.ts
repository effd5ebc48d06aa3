/** What the documents link to, headings too, and the pictures that they show, are there. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const DOCUMENTS = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'benchmarks/README.md',
  'fixtures/README.md',
  'packages/cli/README.md',
  'packages/inspector/README.md',
  'packages/isptar/README.md',
  'packages/isptar/SPEC.md',
  'packages/isptar/src/pipe/README.md',
]

function proseOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/```[^]*?```|`[^`\n]*`/g, '')
}

/** The anchors of headings, as GitHub makes them. */
function anchorsOf(file: string): string[] {
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)]
  return headings.map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function leadsSomewhere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const file = path === '' ? document : join(dirname(document), path)
  if (!existsSync(file)) return false
  const text = statSync(file).isDirectory() ? join(file, 'README.md') : file
  return anchor === undefined || anchorsOf(text).includes(anchor)
}

test.each(DOCUMENTS)('of %s', (name) => {
  const document = join(ROOT, name)
  const links = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)].map(([, a, b]) => a ?? b ?? '')
  const lost = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(document, link))
  expect(lost).toEqual([])
})
