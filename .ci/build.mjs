// Builds both packages: the library compiled file by file, the command type-checked and bundled.
import { bundleCommand } from './bundle.mjs'
import { bin, packages, runNode, runsAs } from './lib.mjs'

/** Builds. Ends the process with the exit code of what failed. */
export async function build() {
  const code = await runNode(bin('tsc', 'typescript'), ['-b', ...packages()])
  if (code !== 0) process.exit(code)
  await bundleCommand()
}

if (runsAs(import.meta.url)) await build()
