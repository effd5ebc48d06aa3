/** Archives to look into: of all types of entries, a differential with its base, slices, and ones that nobody means well with. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createArchive, MemorySource, MemoryTarget, mergeArchives, openArchive, SlicedTarget } from 'isptar'
import { writeLink } from '../../isptar/test/chain/memory-chain.ts'
import { hostileArchive, type HostileEntry, VERSION_2 } from '../../isptar/test/hostile-archive.ts'
import { buildArchive, SAMPLE_TIME, type SampleEntry } from '../../isptar/test/write/build-archive.ts'

export { buildArchive, hostileArchive, SAMPLE_TIME, type SampleEntry }

/** Gives a file of `fixtures/`, such as `original/diff/full.tgz`. */
export function fixture(path: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, '../../../fixtures', path))
}

/** An image of one red dot. */
export const PNG: Uint8Array = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
)

/** Does not shrink. */
const noise = Uint8Array.from({ length: 12_000 }, (_, i) => Math.imul(i ^ (i << 7), 0x9e3779b1) >>> 24)

/** A small site, with something for each preview; in the archive's order. */
export async function siteTree(): Promise<SampleEntry[]> {
  const inner = await buildArchive([
    { path: 'inner', type: 'directory' },
    { path: 'inner/note', data: 'an archive in an archive\n' },
  ])
  const owner = { uid: 1000, gid: 100, userName: 'ann', groupName: 'staff' }
  return [
    { path: 'site', type: 'directory', ...owner },
    { path: 'site/backup.tar.gz', data: inner, ...owner },
    { path: 'site/docs', type: 'directory', ...owner },
    { path: 'site/docs/guide.txt', data: 'Read this first.\n'.repeat(200), ...owner },
    { path: 'site/docs/latin1.txt', data: Buffer.from('caf\xe9 cr\xe8me, na\xefve fa\xe7ade\n'.repeat(40), 'latin1') },
    { path: 'site/empty' },
    { path: 'site/etc', type: 'directory', mode: 0o750, ...owner },
    { path: 'site/etc/config.json', data: '{"name":"site","ports":[80,443],"deep":{"yes":true}}', ...owner },
    { path: 'site/etc/motd', data: 'hello\n', mode: 0o644, ...owner },
    { path: 'site/img', type: 'directory', ...owner },
    { path: 'site/img/dot.png', data: PNG, ...owner },
    { path: 'site/img/drawing.svg', data: '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>\n', ...owner },
    { path: 'site/index.html', data: '<!doctype html><title>site</title><h1>Site</h1>\n', ...owner },
    { path: 'site/latest', type: 'symlink', linkTarget: 'docs/guide.txt' },
    { path: 'site/noise.bin', data: noise, xattrs: new Map([['user.tag', Uint8Array.of(0, 255, 10)]]), ...owner },
    { path: 'site/null', type: 'char', device: { major: 1, minor: 3 } },
    { path: 'site/welcome', type: 'hardlink', linkTarget: 'site/etc/motd' },
  ]
}

/** An archive of {@link siteTree}. */
export async function siteArchive(): Promise<Uint8Array> {
  return buildArchive(await siteTree())
}

/** An archive that refers to another. */
export interface Differential {
  readonly base: Uint8Array
  /** Called so by the archive. */
  readonly baseName: string
  readonly archive: Uint8Array
  /** What differs between the two, in order, as `added PATH`. */
  readonly differences: readonly string[]
}

/** The site, and the site on the next day: some of it is kept, some is not. */
export async function differential(): Promise<Differential> {
  const tree = await siteTree()
  const base = await writeLink('sun.tgz', tree)
  const kept = new Set(['site/docs/guide.txt', 'site/img/dot.png', 'site/backup.tar.gz'])
  const later = tree
    .filter(({ path }) => path !== 'site/docs/latin1.txt')
    .map((entry) => {
      if (kept.has(String(entry.path))) return { kept: String(entry.path) }
      if (entry.path === 'site/etc/motd')
        return { ...entry, data: 'hello, monday\n', mtime: new Date('2024-05-07T07:08:09Z') }
      return entry.path === 'site/index.html' ? { ...entry, mode: 0o600 } : entry
    })
  const news = { path: 'site/zebra.txt', data: 'new on monday\n' }
  const { bytes } = await writeLink('mon.tgz', [...later, news], { base })
  return {
    base: base.bytes,
    baseName: base.name,
    archive: bytes,
    differences: [
      'removed site/docs/latin1.txt',
      'changed site/etc/motd',
      'changed site/index.html',
      'added site/zebra.txt',
    ],
  }
}

/** Gives an archive in slices, `NAME.part1` first. */
export async function slicedArchive(
  name: string,
  sliceBytes = 4096,
): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> {
  const slices: MemoryTarget[] = []
  const target = new SlicedTarget({
    name,
    sliceBytes,
    open: (slice) => {
      const part = new MemoryTarget(`${name}.part${slice}`)
      slices.push(part)
      return part
    },
  })
  const writer = createArchive(target, { createdAt: SAMPLE_TIME })
  for (const { data, ...entry } of await siteTree()) await writer.add(entry, data)
  await writer.close()
  return slices.map((slice, index) => ({ name: `${name}.part${index + 1}`, bytes: slice.bytes() }))
}

/** Gives an archive of many empty files in folders of a thousand; takes some seconds for a million. */
export async function manyFiles(count: number, options: { readonly mtime?: Date } = {}): Promise<Uint8Array> {
  const target = new MemoryTarget()
  const writer = createArchive(target, { createdAt: SAMPLE_TIME, digest: 'none' })
  const pad = (value: number): string => String(value).padStart(4, '0')
  for (let index = 0; index < count; index += 1) {
    const path = `d${pad(Math.floor(index / 1000))}/f${pad(index % 1000)}`
    await writer.add({ path, ...options })
  }
  await writer.close()
  return target.bytes()
}

/** Sets `window.hacked` wherever it runs. */
export const HACK = 'window.hacked=1;top.hacked=1'

/** Names that would do harm if they were taken for markup, templates, addresses or paths, or shown as they are. */
export const HOSTILE_NAMES: readonly string[] = [
  `<img src=x onerror="${HACK}">`,
  `<script>${HACK}</script>`,
  `"><svg onload="${HACK}">`,
  `' onfocus='${HACK}' autofocus='`,
  `\${${HACK}}`,
  `{{constructor.constructor("${HACK}")()}}`,
  `javascript:${HACK}`,
  `data:text/html,<script>${HACK}</script>`,
  `</title><script>${HACK}</script>`,
  '<!--',
  'http:evil.invalid',
  'safe\u202egpj.exe',
  'line\nbreak\ttab\rreturn',
  'nul\u0000and\u0007bell\u001b[31mred',
  'zero\u200bwidth\u2066isolate\ufeff',
  '__proto__',
  'constructor',
  '%3Cimg%20src=x%20onerror=alert(1)%3E',
  `long-${'x'.repeat(4096)}-end`,
]

/** Everything in it is against whoever looks at it; no honest writer makes it. */
export function hostileSite(): Uint8Array {
  const script = `<html><script>${HACK}</script><img src=x onerror="${HACK}"><meta http-equiv=refresh content=0></html>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${HACK}"><script>${HACK}</script></svg>`
  // As the listing has it in the name of an attribute.
  const escapedMarkup = `<img src=x onerror="${HACK}">`.replaceAll('=', '%3D')
  const entries: HostileEntry[] = [
    ...HOSTILE_NAMES.map((path) => ({ path, data: `I am called ${path.slice(0, 20)}\n` })),
    { path: 'active', type: 'dir' as const },
    { path: 'active/page.html', data: script },
    { path: 'active/drawing.svg', data: svg },
    { path: 'active/image.png', data: svg },
    { path: 'active/page.json', data: `{"x":${JSON.stringify(script)}}` },
    { path: 'active/run.js', data: HACK },
    { path: 'active/feed.xml', data: `<?xml version="1.0"?><?xml-stylesheet href="javascript:${HACK}"?>${svg}` },
    { path: 'active/bomb.png', data: PNG, sizeBytes: 9_000_000_000_000 },
    { path: 'active/link', type: 'link' as const, linkTarget: `javascript:${HACK}` },
    { path: 'active/hard', type: 'hard' as const, linkTarget: `<img src=x onerror="${HACK}">` },
    { path: 'active/attributes', data: 'x', columns: [`x.user.${escapedMarkup}=PHNjcmlwdD4=`] },
    { path: '../../etc/passwd', data: 'root::0:0\n' },
    { path: '/etc/shadow', data: 'root::0\n' },
    { path: 'a//b/./../c', data: 'odd\n' },
    { path: 'twice', data: 'first\n' },
    { path: 'twice', data: 'second\n' },
    { path: 'twice/below', data: 'below a file\n' },
    { path: Uint8Array.of(0xff, 0xfe, 0x3c, 0x62, 0x3e), data: 'not UTF-8\n' },
  ]
  return hostileArchive(entries, [
    VERSION_2,
    `writer=<img src=x onerror="${HACK}">`,
    `created=<script>${HACK}</script>`,
    `base=${'a'.repeat(64)}`,
    `base_name=<img src=x onerror="${HACK}">`,
    'entries=999999999999',
    'data_size=9007199254740991',
  ])
}

/** Gives an archive merged of parts with these names. */
export async function mergedArchive(names: readonly string[]): Promise<Uint8Array> {
  const inputs = await Promise.all(
    names.map(async (name, index) => {
      const bytes = await buildArchive([{ path: `only-in-${index + 1}`, data: 'x' }])
      return { name, archive: await openArchive(new MemorySource(bytes)) }
    }),
  )
  const target = new MemoryTarget()
  await mergeArchives(inputs, target)
  return target.bytes()
}
