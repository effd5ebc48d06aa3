// Builds all packages: the library compiled file by file, its worker's script, the inspector and the command bundled.
import { bundleArchiveWorker } from './bundle-archive-worker.mjs'
import { bundleCommand } from './bundle.mjs'
import { bundleInspector } from './bundle-inspector.mjs'
import { bin, packages, runNode, runsAs } from './lib.mjs'

/** Builds. Ends the process with the exit code of what failed. */
export async function build() {
  const code = await runNode(bin('tsc', 'typescript'), ['-b', ...packages()])
  if (code !== 0) process.exit(code)
  await bundleArchiveWorker()
  await bundleInspector()
  await bundleCommand()
}

if (runsAs(import.meta.url)) await build()
