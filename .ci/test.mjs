// Runs the tests, from a fresh checkout too. Arguments are passed on to vitest: `npm test -- packages/isptar/test/tar`.
import { bin, runNode } from './lib.mjs'
import { setup } from './setup.mjs'

await setup()
process.exitCode = await runNode(bin('vitest'), ['run', ...process.argv.slice(2)])
