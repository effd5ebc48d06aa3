/** archiver: `node archiver.mjs ARCHIVE TREE` makes a tar.gz. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { TarArchive } from 'archiver'

const [file, tree] = process.argv.slice(2)
const archive = new TarArchive({ gzip: true, gzipOptions: { level: 6 } })
const written = pipeline(archive, createWriteStream(file))
archive.directory(tree, false)
await archive.finalize()
await written
