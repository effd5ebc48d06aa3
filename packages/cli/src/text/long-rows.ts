/**
 * The columns of `isptar list -l`. The first rows are held back to learn how wide the columns are; later ones widen them
 * when they must, so that listings of any length stream.
 */
import type { Entry } from 'isptar'
import { dateText } from './date-text.ts'
import { modeString } from './mode-string.ts'
import { shortSize } from './quantity.ts'

/** Rows that decide how wide the columns begin: about ten screens. */
const HELD_ROWS = 500
const DATE_WIDTH = 16

/** How rows look. */
export interface LongStyle {
  /** Sizes as `1.5K`. */
  readonly human: boolean
  /** Times in UTC. */
  readonly utc: boolean
  /** Makes a name or owner fit to print. */
  readonly show: (name: string) => string
}

interface Row {
  readonly mode: string
  readonly owner: string
  readonly size: string
  readonly packed: string
  readonly date: string
  readonly name: string
}

/** Lays out rows. */
export class LongRows {
  readonly #style: LongStyle
  readonly #widths = { owner: 0, size: 0, packed: 0 }
  #held: Row[] | undefined = []

  constructor(style: LongStyle) {
    this.#style = style
  }

  /**
   * Takes an entry.
   *
   * @returns lines that can be printed now, each ended; often none
   */
  add(entry: Entry): string {
    const row = makeRow(entry, this.#style)
    for (const column of ['owner', 'size', 'packed'] as const)
      this.#widths[column] = Math.max(this.#widths[column], row[column].length)
    if (this.#held === undefined) return this.#line(row)
    this.#held.push(row)
    return this.#held.length < HELD_ROWS ? '' : this.end()
  }

  /** Gives the lines that are still held back. */
  end(): string {
    const lines = (this.#held ?? []).map((row) => this.#line(row)).join('')
    this.#held = undefined
    return lines
  }

  #line({ mode, owner, size, packed, date, name }: Row): string {
    const widths = this.#widths
    return (
      `${mode} ${owner.padEnd(widths.owner)} ${size.padStart(widths.size)} ` +
      `${packed.padStart(widths.packed)} ${date.padEnd(DATE_WIDTH)} ${name}\n`
    )
  }
}

function makeRow(entry: Entry, { human, utc, show }: LongStyle): Row {
  const size = human ? shortSize : String
  const { device, mtime, packedBytes } = entry
  const numbers = device === undefined ? '-' : `${device.major},${device.minor}`
  return {
    mode: modeString(entry.type, entry.mode),
    owner: `${show(entry.userName) || entry.uid}/${show(entry.groupName) || entry.gid}`,
    size: entry.type === 'file' ? size(entry.sizeBytes) : numbers,
    packed: packedBytes === undefined ? '-' : size(packedBytes),
    date: mtime === undefined ? '-' : dateText(mtime, utc),
    name: show(entry.path) + linkText(entry, show) + (entry.dirty ? ' [changed while packed]' : ''),
  }
}

function linkText(entry: Entry, show: (name: string) => string): string {
  if (entry.linkTarget === undefined) return ''
  return `${entry.type === 'hardlink' ? ' link to ' : ' -> '}${show(entry.linkTarget)}`
}
