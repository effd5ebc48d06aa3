/** Differences in words, for the page and for reports. All that is given is printable. */
import type { ComparedSide, DifferenceKind, DifferenceRow } from '../contract/compare-calls.ts'
import { printable } from './printable.ts'
import { bytesText, timeText } from './quantity.ts'

const NAMES: Readonly<Record<string, string>> = { mtime: 'time', link: 'link target', xattrs: 'attributes' }

/** Gives what differs, such as `size 6 B → 14 B` and `content`; of what is on one side only, its type, size and time. */
export function differenceParts({ kind, changes, before, after }: DifferenceRow): readonly string[] {
  if (kind === 'changed') return changes.map((field) => changeText(field, before, after))
  const side = after ?? before
  if (side === undefined) return []
  const size = side.type === 'file' ? bytesText(side.sizeBytes) : ''
  const target = side.linkTarget === undefined ? '' : `to ${printable(side.linkTarget)}`
  return [side.type, size, target, timeText(side.mtimeSeconds)].filter((part) => part !== '')
}

function changeText(field: string, before: ComparedSide | undefined, after: ComparedSide | undefined): string {
  const name = NAMES[field] ?? field
  if (before === undefined || after === undefined) return name
  for (const text of TEXTS[field] ?? []) {
    const [was, is] = [text(before), text(after)]
    if (was !== is) return `${name} ${was} → ${is}`
  }
  return name
}

/** How a value is told: the first of these by which the sides differ. */
const TEXTS: Readonly<Record<string, readonly ((side: ComparedSide) => string)[]>> = {
  type: [({ type }) => type],
  size: [({ sizeBytes }) => bytesText(sizeBytes), ({ sizeBytes }) => `${sizeBytes.toLocaleString('en')} B`],
  mtime: [({ mtimeSeconds }) => timeText(mtimeSeconds), secondsText],
  mode: [({ mode }) => mode.toString(8).padStart(4, '0')],
  owner: [({ owner }) => printable(owner)],
  link: [({ linkTarget }) => printable(linkTarget ?? '')],
}

function secondsText({ mtimeSeconds = 0 }: ComparedSide): string {
  const seconds = ((mtimeSeconds % 60) + 60) % 60
  return `${timeText(mtimeSeconds)}:${String(seconds).padStart(2, '0')}`
}

const SIGNS: Readonly<Record<DifferenceKind, string>> = { added: '+', removed: '-', changed: '~' }

/** Gives a line of a text report, such as `~ etc/motd (size 6 B → 14 B; content)`; no name can break it. */
export function reportLine(row: DifferenceRow): string {
  const parts = differenceParts(row).join('; ')
  return `${SIGNS[row.kind]} ${printable(row.path)}${parts === '' ? '' : ` (${parts})`}\n`
}

/** Gives a line of JSON. Bytes of a path that are not UTF-8 are `\udcXX`. */
export function reportJson(row: DifferenceRow): string {
  return `${JSON.stringify(row)}\n`
}
