/** The corpora: each a seed and what it writes. Files and bytes are those at scale 1. */
import { logText, sqlText } from './long-text.mjs'
import { Random } from './random.mjs'
import { Project, SMALL_FILES, SOURCE_CODE } from './source-text.mjs'
import { Vocabulary } from './vocabulary.mjs'

const MB = 1_000_000
const SUFFIXES = ['.js', '.ts', '.c', '.h', '.py', '.json', '.md']

/** By name: what it is, and what writes it. `scale` is the part of the full size, above 0 and at most 1. */
export const CORPORA = {
  source: {
    what: 'Source code',
    write: (tree, scale) => writeSource(tree, new Random('source'), 22_600 * scale, 3600, 1.42),
  },
  mixed: {
    what: 'Source code, media, fonts, logs and SQL',
    write: writeMixed,
  },
  dump: {
    what: 'An SQL dump and a quarter as much noise',
    write: (tree, scale) => {
      const random = new Random('dump')
      tree.file('dump.sql', sqlText(random, new Vocabulary(random), 2000 * MB * scale))
      tree.file('noise.bin', noise(random, 500 * MB * scale))
    },
  },
  tiny: {
    what: 'Files of 0 to 2 KB',
    write: writeTiny,
  },
  many: {
    what: 'Source code',
    write: (tree, scale) => writeSource(tree, new Random('many'), 74_000 * scale, 3600, 1.42),
  },
}

/** Projects of source code: folders of about twelve files, nested to four levels. */
function writeSource(tree, random, files, medianBytes, sigma, root = '') {
  const vocabulary = new Vocabulary(random)
  let left = Math.max(1, Math.round(files))
  while (left > 0) {
    const project = new Project(random, vocabulary, SOURCE_CODE)
    const top = `${root}${vocabulary.fileName()}-${left}`
    for (let folders = 20 + random.below(60); folders > 0 && left > 0; folders -= 1) {
      project.enterFolder()
      const depth = random.below(4)
      let folder = top
      for (let i = 0; i < depth; i += 1) folder += `/${random.pick(['src', 'lib', 'test', vocabulary.text.draw()])}`
      for (let i = 1 + random.below(24); i > 0 && left > 0; i -= 1, left -= 1) {
        const text = project.file(random.size(medianBytes, sigma, 600_000))
        tree.file(`${folder}/${vocabulary.fileName()}-${left}${random.pick(SUFFIXES)}`, text)
      }
    }
  }
}

function writeMixed(tree, scale) {
  const random = new Random('mixed')
  const vocabulary = new Vocabulary(random)
  writeSource(tree, random, 59_000 * scale, 2600, 1.45, 'site/node_modules/')
  for (let i = 0; i < 500 * scale; i += 1) {
    tree.file(`site/media/${i % 20}/${vocabulary.fileName()}-${i}.jpg`, random.noise(random.size(300_000, 0.9, 8 * MB)))
    tree.file(`site/fonts/${vocabulary.fileName()}-${i}.woff2`, random.noise(random.size(40_000, 0.5, MB)))
  }
  for (const [name, size] of [
    ['access.log', 150],
    ['access.log.1', 60],
    ['worker.log', 30],
    ['worker.log.1', 10],
  ])
    tree.file(`var/log/${name}`, logText(random, vocabulary, size * MB * scale))
  tree.file('var/backup.sql', sqlText(random, vocabulary, 120 * MB * scale))
}

function writeTiny(tree, scale) {
  const random = new Random('tiny')
  const vocabulary = new Vocabulary(random)
  const files = Math.max(1, Math.round(200_000 * scale))
  let project
  for (let i = 0; i < files; i += 1) {
    if (i % 2000 === 0) project = new Project(random, vocabulary, SMALL_FILES)
    if (i % 100 === 0) project.enterFolder()
    tree.file(
      `${Math.floor(i / 10_000)}/${Math.floor(i / 100) % 100}/${vocabulary.text.draw()}-${i}`,
      project.file(random.below(2049)),
    )
  }
}

function* noise(random, sizeBytes) {
  for (let left = sizeBytes; left > 0; left -= MB) yield random.noise(Math.min(MB, Math.ceil(left)))
}
