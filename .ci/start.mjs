// Shows the command at work, from a fresh checkout too.
import { runNode } from './lib.mjs'
import { setup } from './setup.mjs'

await setup()
process.exitCode = await runNode('packages/cli/demo/start.mjs', process.argv.slice(2))
