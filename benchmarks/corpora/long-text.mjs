/** Long texts: logs and SQL dumps, given piece by piece. */

/** Lines of a web server's log, about that many bytes. */
export function* logText(random, vocabulary, sizeBytes) {
  const paths = Array.from({ length: 300 }, () => `/${vocabulary.fileName()}/${vocabulary.fileName()}`)
  const agents = Array.from(
    { length: 40 },
    () => `Mozilla/5.0 (${vocabulary.prose(4)}) ${vocabulary.prose(3)}/1.${random.below(90)}`,
  )
  let time = 1_700_000_000_000
  for (let bytes = 0; bytes < sizeBytes; ) {
    time += random.below(400)
    const stamp = new Date(time).toISOString()
    const client = `10.${random.below(8)}.${random.below(64)}.${random.below(256)}`
    const path = random.pick(paths) + (random.chance(0.3) ? `?id=${random.bits()}` : '')
    const line = `${stamp} ${client} - "GET ${path} HTTP/1.1" ${random.chance(0.9) ? 200 : 404} ${random.below(90_000)} "${random.pick(agents)}" ${random.below(900)}ms\n`
    bytes += line.length
    yield line
  }
}

/** Rows of an SQL dump, about that many bytes: keys, names, prose, numbers and hexadecimal digests. */
export function* sqlText(random, vocabulary, sizeBytes) {
  const phrases = Array.from({ length: 20_000 }, () => vocabulary.prose(3 + random.below(6)))
  let key = 1
  for (let bytes = 0; bytes < sizeBytes; ) {
    let rows = `INSERT INTO \`orders\` (\`id\`,\`customer\`,\`note\`,\`amount\`,\`state\`,\`token\`,\`created\`) VALUES\n`
    for (let i = 0; i < 200; i += 1) {
      const day = 1 + random.below(28)
      rows += `(${key},${random.below(400_000)},'${random.pick(phrases)} ${random.pick(phrases)}',${random.below(100_000) / 100},'${random.chance(0.8) ? 'delivered' : 'open'}','${random.bits().toString(16)}','2024-${10 + random.below(3)}-${day < 10 ? '0' : ''}${day} 1${random.below(10)}:${10 + random.below(50)}:00')${i < 199 ? ',' : ';'}\n`
      key += 1 + random.below(3)
    }
    bytes += rows.length
    yield rows
  }
}
