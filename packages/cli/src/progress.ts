/**
 * The line that says how far a command is: redrawn in place on a terminal at most ten times a second, cleared before
 * anything else is printed and at the end, and absent where nobody watches.
 */
import type { CommandIo } from './command-io.ts'
import { escapeName } from './text/escape-name.ts'
import { clockTime, grouped, longSize } from './text/quantity.ts'

const REDRAW_MS = 100
/** Rates of the first moments are noise, and a command that ends at once should not flicker. */
const QUIET_MS = 300
const BAR_CELLS = 20
const DEFAULT_COLUMNS = 80

const CLEAR = '\r\u001b[K'
/** A name of wide characters must not wrap: what was wrapped cannot be cleared. */
const NO_WRAP = '\u001b[?7l'
const WRAP = '\u001b[?7h'

/** How far a command is. */
export interface ProgressState {
  readonly entryCount: number
  readonly dataBytes: number
  /** The entry at hand. */
  readonly path: string
}

/** A progress line on standard error. */
export class Progress {
  readonly #io: CommandIo
  readonly #start: number
  #drawnAt: number
  #visible = false

  constructor(io: CommandIo) {
    this.#io = io
    this.#start = io.now()
    this.#drawnAt = this.#start + QUIET_MS - REDRAW_MS
  }

  /**
   * Shows a newer state, unless the last one is too fresh.
   *
   * @param totalBytes - what `dataBytes` will be at the end, when known: then there is a bar and a time left
   */
  update(state: ProgressState, totalBytes?: number): void {
    const now = this.#io.now()
    if (now - this.#drawnAt < REDRAW_MS) return
    this.#drawnAt = now
    this.#visible = true
    const columns = this.#io.stderr.columns ?? DEFAULT_COLUMNS
    const line = progressLine(state, (now - this.#start) / 1000, totalBytes, columns)
    // Back to the first column, so that what the terminal echoes (`^C`) is cleared as well.
    this.#send(`${CLEAR}${NO_WRAP}${line}${WRAP}\r`)
  }

  /** Takes the line away; the next update brings it back. */
  clear(): void {
    if (!this.#visible) return
    this.#visible = false
    this.#send(CLEAR)
  }

  #send(text: string): void {
    // A terminal that is gone is no reason to stop the work.
    this.#io.stderr.write(text).catch(() => {})
  }
}

/**
 * Gives the text of a progress line, no wider than the terminal.
 *
 * @param seconds - since the start
 * @param totalBytes - `undefined` when nobody knows it
 * @param columns - width of the terminal
 */
export function progressLine(
  state: ProgressState,
  seconds: number,
  totalBytes: number | undefined,
  columns: number,
): string {
  const rate = seconds > 0 ? state.dataBytes / seconds : 0
  const parts = totalBytes === undefined ? openParts(state) : boundedParts(state, totalBytes, rate)
  parts.splice(-1, 0, `${longSize(Math.round(rate))}/s`)
  const head = parts.join('  ')
  return `${head}  ${shorten(escapeName(state.path), columns - head.length - 3)}`.slice(0, columns - 1)
}

function openParts(state: ProgressState): string[] {
  return [longSize(state.dataBytes), `${grouped(state.entryCount)} entries`]
}

function boundedParts(state: ProgressState, totalBytes: number, rate: number): string[] {
  const share = totalBytes > 0 ? Math.min(1, state.dataBytes / totalBytes) : 1
  const filled = Math.round(share * BAR_CELLS)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled)
  const left = rate > 0 ? clockTime(Math.max(0, totalBytes - state.dataBytes) / rate) : '-:--'
  const percent = String(Math.floor(share * 100)).padStart(3)
  return [`${percent}% ${bar}`, `${longSize(state.dataBytes)} of ${longSize(totalBytes)}`, `${left} left`]
}

/** Keeps the end of a path: it tells entries apart. */
function shorten(path: string, room: number): string {
  if (room < 8) return ''
  const characters = [...path]
  return characters.length <= room ? path : `…${characters.slice(-(room - 1)).join('')}`
}
