/** modern-tar: `node modern-tar.mjs create|extract ARCHIVE TREE`. */
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { packTar, unpackTar } from 'modern-tar/fs'

const [job, file, tree] = process.argv.slice(2)
if (job === 'create') await pipeline(packTar(tree), createGzip({ level: 6 }), createWriteStream(file))
else await pipeline(createReadStream(file), createGunzip(), unpackTar(tree))
