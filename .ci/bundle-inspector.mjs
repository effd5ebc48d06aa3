// Bundles the inspector: the web component as a module, and the page as one file that needs no other and no server. Of what
// runs in the page its policy allows exactly this script and this style.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { licensesOf } from './bundle.mjs'
import { root, runsAs } from './lib.mjs'
import { shortenTemplates } from './shorten-templates.mjs'

const folder = join(root, 'packages/inspector')
const dist = join(folder, 'dist')

/** Bundles it into packages/inspector/dist; what an earlier build left there is removed, but for the declarations. */
export async function bundleInspector() {
  // Vite is a dependency of the inspector alone.
  const vite = createRequire(join(folder, 'package.json')).resolve('vite')
  const { build, minify } = await import(pathToFileURL(vite).href)
  const component = await bundle(build, 'isptar-inspector', 'src/index.ts', { codeSplitting: true })
  const page = await bundle(build, 'page', 'src/page.ts', { codeSplitting: false })
  const files = new Map([['licenses.txt', licensesOf([...component.moduleIds, ...page.moduleIds])]])
  // As a library a bundle keeps its white space.
  const shorten = async (name, text) => (await minify(name, text, { module: true })).code
  for (const { fileName, code } of component.chunks) files.set(fileName, await shorten(fileName, code))
  const [{ fileName, code }, ...others] = page.chunks
  if (others.length > 0) throw new Error(`the page was bundled to several files: ${others.map((f) => f.fileName)}`)
  files.set('page/index.html', pageOf(await shorten(fileName, code)))
  for (const name of readdirSync(dist))
    if (!/^types$|\.tsbuildinfo$/.test(name)) rmSync(join(dist, name), { recursive: true })
  for (const [name, text] of files) {
    mkdirSync(dirname(join(dist, name)), { recursive: true })
    writeFileSync(join(dist, name), text)
  }
}

async function bundle(build, fileName, entry, output) {
  const moduleIds = []
  const collect = { name: 'collect', generateBundle: (_, files) => moduleIds.push(...modulesOf(files)) }
  const [{ output: chunks }] = await build({
    configFile: false,
    root: folder,
    logLevel: 'warn',
    plugins: [collect, shortenTemplates],
    // Its annotations are for bundlers, and nobody bundles it any further.
    worker: { format: 'iife', plugins: () => [collect], rolldownOptions: { output: { comments: false } } },
    // Bundles for browsers: there is no process to ask.
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
    build: {
      write: false,
      target: 'es2023',
      lib: { entry: join(folder, entry), formats: ['es'], fileName },
      rolldownOptions: {
        output: { ...output, chunkFileNames: ({ isDynamicEntry }) => (isDynamicEntry ? '[name].js' : 'shared.js') },
      },
    },
  })
  return { chunks, moduleIds }
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
