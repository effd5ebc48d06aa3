/** Makes a corpus of the benchmarks: `node benchmarks/make-corpus.mjs NAME FOLDER [SCALE]`; prints what it made. */
import { ensureCorpus } from './corpora/ensure-corpus.mjs'

const [name, folder, scale = '1'] = process.argv.slice(2)
if (name === undefined || folder === undefined || !(Number(scale) > 0 && Number(scale) <= 1)) {
  console.error('Usage: node benchmarks/make-corpus.mjs NAME FOLDER [SCALE, above 0, at most 1]')
  process.exit(2)
}
const started = performance.now()
const { tree, entries, bytes } = ensureCorpus(folder, name, Number(scale))
const seconds = (performance.now() - started) / 1000
console.log(`${tree}: ${entries} entries, ${bytes} bytes, ${seconds.toFixed(1)} s`)
