/** The tables, on the terminal and in the README. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { amount } from './targets.mjs'

const README = new URL('../README.md', import.meta.url)

/** Gives the lines of a section in Markdown: what was measured, the results, the verdicts. */
export function sectionText({ corpus, reference, results, verdicts, rounds }) {
  const lines = [
    `${corpus.what}; ${rounds === 1 ? 'one round' : `${rounds} rounds`} on ${processorText()}, Node ${process.version}.`,
    '',
  ]
  lines.push(...table(resultRows(results, reference)))
  if (results.some(({ isSingle }) => isSingle)) lines.push('', '¹ Run once, as it is slow.')
  if (verdicts.length > 0) {
    lines.push(
      '',
      ...table([['target', 'is', ''], ...verdicts.map(({ text, value, verdict }) => [text, value, verdict])]),
    )
  }
  return lines
}

/** Puts a section's lines between its marks in the README; a section without marks is an error. */
export function writeSection(name, lines) {
  const begin = `<!-- begin ${name}: written by pnpm bench -->`
  const end = `<!-- end ${name} -->`
  const text = readFileSync(README, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from)
    throw new Error(`benchmarks/README.md has no place for ${name}: add "${begin}" and "${end}"`)
  writeFileSync(README, `${text.slice(0, from + begin.length)}\n\n${lines.join('\n')}\n\n${text.slice(to)}`)
}

function processorText() {
  const processors = cpus()
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}`
}

/** Leaves out columns that no result has. */
function resultRows(results, reference) {
  const base = results.find(({ name }) => name === reference)
  const has = (key) => results.some((result) => result[key] !== undefined)
  const ratio = (result, key) =>
    base?.[key] === undefined || result[key] === undefined ? '–' : (result[key] / base[key]).toFixed(2)
  const columns = [
    ['', ({ name, isSingle }) => (isSingle ? `${name} ¹` : name)],
    ...Object.keys(TITLES)
      .filter(has)
      .flatMap((key) => [
        [TITLES[key], (result) => amount(key, result[key])],
        ...(base?.[key] === undefined || key === 'peakBytes' ? [] : [['×', (result) => ratio(result, key)]]),
      ]),
    ...(has('requests') ? [['requests', ({ requests }) => requests ?? '–']] : []),
  ]
  return [columns.map(([title]) => title), ...results.map((result) => columns.map(([, cell]) => String(cell(result))))]
}

const TITLES = {
  seconds: 'time',
  perEntry: 'an entry',
  sizeBytes: 'size',
  peakBytes: 'peak',
  peakPerEntry: 'an entry',
  readBytes: 'read',
}

/** A table whose columns line up as plain text too; all but the first and last of a verdict are numbers. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)))
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(rows[0]), rule, ...rows.slice(1).map(line)]
}
