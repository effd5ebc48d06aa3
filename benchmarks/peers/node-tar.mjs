/** node-tar: `node node-tar.mjs create|list|extract ARCHIVE [TREE [ENTRY]]`. */
import { promisify } from 'node:util'
import { create, extract, list } from 'tar'

const [job, file, tree, entry] = process.argv.slice(2)
if (job === 'create') await promisify(create)({ file, cwd: tree, gzip: { level: 6 } }, ['.'])
else if (job === 'extract') await promisify(extract)({ file, cwd: tree }, entry === undefined ? [] : [entry])
else {
  const names = []
  await promisify(list)({ file, onReadEntry: ({ path }) => names.push(path) }, [])
  process.stdout.write(`${names.join('\n')}\n`)
}
