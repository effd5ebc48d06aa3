// Packs every public package as it would be published and looks at the result: publint for the manifest, attw for how
// the types resolve.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, capture, captureCommand, packages, readJson } from './lib.mjs'

/** Resolves to { code, output } over all public packages. */
export async function packedPackages() {
  const folder = mkdtempSync(join(tmpdir(), 'isptar-pack-'))
  try {
    const results = []
    for (const path of packages()) {
      if (!readJson(`${path}/package.json`).private) results.push(...(await judge(path, folder)))
    }
    return { code: results.some((r) => r.code !== 0) ? 1 : 0, output: results.map((r) => r.output).join('\n') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function judge(path, folder) {
  const manifest = readJson(`${path}/package.json`)
  const tarball = join(folder, `${manifest.name.replace('/', '-')}.tgz`)
  const { packageManager } = readJson('package.json')
  const packed = await captureCommand('npx', ['--yes', packageManager, '-C', path, 'pack', '--out', tarball])
  if (packed.code !== 0) return [packed]
  const lint = await capture([bin('publint'), 'run', tarball, '--strict'])
  if (manifest.exports === undefined) return [lint]
  const pages = Object.keys(manifest.exports).filter((name) => String(manifest.exports[name]).endsWith('.html'))
  const types = await capture([
    bin('attw', '@arethetypeswrong/cli'),
    tarball,
    '--profile',
    'esm-only',
    '--format',
    'ascii',
    // A page has no types.
    ...(pages.length > 0 ? ['--exclude-entrypoints', ...pages] : []),
  ])
  return [lint, types]
}
