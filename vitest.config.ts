import { defineConfig } from 'vitest/config'

/** Sources are tested as they are: the condition maps `isptar`, `isptar/node` and the `#` imports to TypeScript files. */
const conditions = ['isptar-source', 'node', 'import', 'module', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: true,
  },
})
