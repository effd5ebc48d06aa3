/** Finds one path with the library: `node isptar-lookup.mjs ARCHIVE PATH` prints the path it found. */
import { openArchive } from '../../packages/isptar/dist/index.js'
import { openFile } from '../../packages/isptar/dist/node/index.js'

const [file, path] = process.argv.slice(2)
const archive = await openArchive(await openFile(file))
const entry = await archive.get(path)
console.log(entry.path)
await archive.close()
