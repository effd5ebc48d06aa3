// Bundles the script of the library's worker into one file: workers know no import maps, so that a script that imports
// packages by name would need a bundler on every page. Licences of what is bundled go along.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { licensesOf } from './bundle.mjs'
import { root } from './lib.mjs'

const folder = join(root, 'packages/isptar')

/** Bundles it into packages/isptar/dist/worker, beside the module that starts it. */
export async function bundleArchiveWorker() {
  const build = await rolldown({
    input: join(folder, 'src/worker/worker-main.ts'),
    platform: 'browser',
    resolve: { conditionNames: ['isptar-source', 'import', 'default'] },
  })
  const { output: files } = await build.write({
    file: join(folder, 'dist/worker/archive-worker.js'),
    format: 'esm',
    sourcemap: true,
    minify: true,
  })
  await build.close()
  const licenses = licensesOf(files.flatMap((file) => file.moduleIds ?? []))
  writeFileSync(join(folder, 'dist/worker/archive-worker.licenses.txt'), licenses)
}
