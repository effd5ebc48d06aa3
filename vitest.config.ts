import { configDefaults, defineConfig } from 'vitest/config'

/** Sources are tested as they are: the condition maps `isptar`, `isptar/node` and the `#` imports to TypeScript files. */
const conditions = ['isptar-source', 'node', 'import', 'module', 'default']

/** Other projects' archives are no part of this repository: without the folder that holds them there is nothing to run. */
const withoutCorpus = process.env['ISPTAR_CORPUS'] === undefined ? ['**/corpus.test.ts'] : []
if (withoutCorpus.length > 0) console.warn('corpus.test.ts is left out: ISPTAR_CORPUS names no folder')

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...withoutCorpus],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes when it comes: a page that other work holds up is not wrong.
    expect: { poll: { timeout: 30_000 } },
    passWithNoTests: true,
  },
})
