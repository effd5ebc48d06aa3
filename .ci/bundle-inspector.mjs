// Bundles the inspector: the web component as a module, and the page as one file that needs no other and no server. Of what
// runs in the page its policy allows exactly this script and this style.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { licensesOf } from './bundle.mjs'
import { root, runsAs } from './lib.mjs'
import { shortenTemplates } from './shorten-templates.mjs'

const folder = join(root, 'packages/inspector')

/** Bundles it into packages/inspector/dist. */
export async function bundleInspector() {
  // Vite is a dependency of the inspector alone.
  const vite = createRequire(join(folder, 'package.json')).resolve('vite')
  const { build, minify } = await import(pathToFileURL(vite).href)
  const component = await bundle(build, 'src/index.ts')
  const page = await bundle(build, 'src/page.ts')
  // As a library a bundle keeps its whitespace; nobody bundles the page any further.
  const { code } = await minify('page.js', page.code, { module: true })
  mkdirSync(join(folder, 'dist/page'), { recursive: true })
  writeFileSync(join(folder, 'dist/isptar-inspector.js'), component.code)
  writeFileSync(join(folder, 'dist/page/index.html'), pageOf(code))
  writeFileSync(join(folder, 'dist/licenses.txt'), licensesOf([...component.moduleIds, ...page.moduleIds]))
}

async function bundle(build, entry) {
  const moduleIds = []
  const collect = { name: 'collect', generateBundle: (_, files) => moduleIds.push(...modulesOf(files)) }
  const [{ output }] = await build({
    configFile: false,
    root: folder,
    logLevel: 'warn',
    plugins: [collect, shortenTemplates],
    worker: { format: 'iife', plugins: () => [collect] },
    // Bundles for browsers: there is no process to ask.
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
    build: { write: false, target: 'es2023', lib: { entry: join(folder, entry), formats: ['es'], fileName: 'bundle' } },
  })
  const [{ code }, ...others] = output
  if (others.length > 0) throw new Error(`${entry} was bundled to several files: ${others.map((f) => f.fileName)}`)
  return { code, moduleIds }
}

const modulesOf = (files) => Object.values(files).flatMap((file) => file.moduleIds ?? [])

/** Puts script, style and the policy that allows them into the page. */
function pageOf(script) {
  // The only two ways out of a script element.
  const code = script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const [, style] = /<style>([^]*?)<\/style>/.exec(html)
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(code)}`,
    `style-src ${hashOf(style)}`,
    'img-src blob: data:',
    'worker-src blob:',
    // Archives lie anywhere.
    'connect-src *',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return html
    .replace(
      '<meta charset="utf-8" />',
      (tag) => `${tag}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    )
    .replace('<script type="module" src="/src/page.ts"></script>', () => `<script type="module">${code}</script>`)
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

if (runsAs(import.meta.url)) await bundleInspector()
