/** The entries that the client has sent and the server has not released: what it may still ask about. */
import type { OfferedData, OfferedEntry } from './offered-entry.ts'
import { Waiting } from './waiting.ts'
import type { Want } from './want.ts'
import { WINDOW_BYTES, WINDOW_ENTRIES } from './window.ts'

/** Files with several names are kept open; this many at a time. */
const MAX_OPEN = 64

/** An entry on its way. */
export class SentEntry {
  readonly offered: OfferedEntry
  readonly number: number
  readonly lineBytes: number
  readonly #wants = new Set<Want['what']>()
  #opened: OfferedData | undefined
  #isGone = false

  /** @param opened - its data, when it was opened before it was sent */
  constructor(offered: OfferedEntry, number: number, lineBytes: number, opened: OfferedData | undefined) {
    this.offered = offered
    this.number = number
    this.lineBytes = lineBytes
    this.#opened = opened
  }

  /** Whether its data is open and not used yet. */
  get isOpen(): boolean {
    return this.#opened !== undefined
  }

  /** Takes note of a wish; false when it makes no sense or comes again. */
  accept(what: Want['what']): boolean {
    const { type, sizeBytes } = this.offered.header
    if (type !== 'file' || sizeBytes === 0 || this.#wants.has('data') || this.#wants.has(what)) return false
    this.#wants.add(what)
    return true
  }

  /** Opens the data, unless it is open; undefined when it cannot be read, which is reported once. */
  open(): OfferedData | undefined {
    if (this.#isGone) return undefined
    const data = this.#opened ?? this.offered.open()
    this.#opened = undefined
    this.#isGone = data === undefined
    return data
  }

  /** Closes what was opened and never asked for. */
  close(): void {
    this.#opened?.close()
    this.#opened = undefined
  }
}

/** Keeps the client within the window. */
export class SendWindow {
  readonly #waiting: Waiting
  readonly #sent = new Map<number, SentEntry>()
  #next = 0
  #lineBytes = 0

  /** @param signal - ends all waiting, with its reason */
  constructor(signal: AbortSignal) {
    this.#waiting = new Waiting(signal)
  }

  /** Waits for room and takes the next entry in. */
  async add(offered: OfferedEntry, lineBytes: number, opened: OfferedData | undefined): Promise<SentEntry> {
    try {
      await this.#waiting.until(() => this.#hasRoom(lineBytes, opened !== undefined))
    } catch (error) {
      opened?.close()
      throw error
    }
    const entry = new SentEntry(offered, this.#next, lineBytes, opened)
    this.#next = (this.#next + 1) >>> 0
    this.#sent.set(entry.number, entry)
    this.#lineBytes += lineBytes
    return entry
  }

  /** Gives an entry that is not released yet. */
  find(number: number): SentEntry | undefined {
    return this.#sent.get(number)
  }

  /** Lets the first entries go; false when there are not so many. */
  release(count: number): boolean {
    if (count > this.#sent.size) return false
    let left = count
    for (const [number, entry] of this.#sent) {
      if (left === 0) break
      left -= 1
      entry.close()
      this.#sent.delete(number)
      this.#lineBytes -= entry.lineBytes
    }
    this.#waiting.notify()
    return true
  }

  /** Waits until everything that was sent is released. */
  async whenEmpty(): Promise<void> {
    await this.#waiting.until(() => this.#sent.size === 0)
  }

  /** Closes whatever is open. */
  close(): void {
    for (const entry of this.#sent.values()) entry.close()
  }

  #hasRoom(lineBytes: number, isOpen: boolean): boolean {
    if (this.#sent.size === 0) return true
    if (this.#sent.size >= WINDOW_ENTRIES || this.#lineBytes + lineBytes > WINDOW_BYTES) return false
    if (!isOpen) return true
    let open = 0
    for (const entry of this.#sent.values()) if (entry.isOpen) open += 1
    return open < MAX_OPEN
  }
}
