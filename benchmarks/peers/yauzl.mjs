/** yauzl: `node yauzl.mjs list ARCHIVE` and `node yauzl.mjs extract ARCHIVE OUTPUT ENTRY`. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import yauzl from 'yauzl'

const [job, file, output, wanted] = process.argv.slice(2)
const zip = await yauzl.openPromise(file)
const names = []
for await (const entry of zip.eachEntry()) {
  if (job === 'list') names.push(entry.fileName)
  else if (entry.fileName === wanted) {
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(output))
    break
  }
}
if (job === 'list') process.stdout.write(`${names.join('\n')}\n`)
