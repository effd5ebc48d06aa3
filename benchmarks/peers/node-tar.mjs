/** node-tar: `node node-tar.mjs create|list|extract ARCHIVE [TREE [ENTRY]]`. */
import { create, extract, list } from 'tar'

const [job, file, tree, entry] = process.argv.slice(2)
if (job === 'create') await create({ file, cwd: tree, gzip: { level: 6 } }, ['.'])
else if (job === 'extract') await extract({ file, cwd: tree }, entry === undefined ? [] : [entry])
else {
  const names = []
  await list({ file, onReadEntry: ({ path }) => names.push(path) })
  process.stdout.write(`${names.join('\n')}\n`)
}
