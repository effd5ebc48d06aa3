/** What every command gets beside its own options: the streams, how talkative to be, and one way to speak up. */
import { styleText } from 'node:util'
import type { CommandIo } from './command-io.ts'
import { Progress, type ProgressState } from './progress.ts'

/** Options that every command has. */
export interface CommonOptions {
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** Shows how far a command is. */
export interface ProgressReporter {
  update(state: ProgressState, totalBytes?: number): void
}

const SILENT: ProgressReporter = { update: () => {} }

/** The surroundings of one command that runs. */
export class Context {
  readonly io: CommandIo
  readonly quiet: boolean
  readonly verbose: boolean
  #progress: Progress | undefined

  constructor(io: CommandIo, options: CommonOptions) {
    this.io = io
    this.quiet = options.quiet ?? false
    this.verbose = options.verbose ?? false
  }

  /** Whether someone watches how far a command is. */
  get showsProgress(): boolean {
    return !this.quiet && this.io.stderr.isTty && this.io.env['TERM'] !== 'dumb'
  }

  /**
   * Starts a progress line when someone watches. It goes away when the command ends, and for each line that is printed.
   */
  startProgress(): ProgressReporter {
    if (!this.showsProgress) return SILENT
    this.#progress = new Progress(this.io)
    return this.#progress
  }

  /** Takes the progress line away until the next update, for others that write to standard error. */
  clearProgress(): void {
    this.#progress?.clear()
  }

  /** Takes the progress line away for good. */
  endProgress(): void {
    this.#progress?.clear()
    this.#progress = undefined
  }

  /** Prints one line about a failure. */
  async fail(message: string): Promise<void> {
    await this.#line(message, 'red')
  }

  /** Prints one line about something odd, unless quiet. */
  async warn(message: string): Promise<void> {
    if (!this.quiet) await this.#line(message, 'yellow')
  }

  /** Prints one line on standard error, unless quiet. */
  async say(message: string): Promise<void> {
    if (this.quiet) return
    this.#progress?.clear()
    await this.#toStderr(`${oneLine(message)}\n`)
  }

  /** Prints what was done, where someone watches; scripts and cron jobs hear only of trouble. */
  async summarize(message: string): Promise<void> {
    if (this.verbose || this.io.stderr.isTty) await this.say(message)
  }

  /** Prints one line on standard error when the user asked for more. */
  async detail(message: string): Promise<void> {
    if (this.verbose) await this.say(message)
  }

  async #line(message: string, color: 'red' | 'yellow'): Promise<void> {
    this.#progress?.clear()
    await this.#toStderr(`${mark(this.io, color)} ${oneLine(message)}\n`)
  }

  /** Errors about a closed standard error have nowhere to go. */
  async #toStderr(text: string): Promise<void> {
    await this.io.stderr.write(text).catch(() => {})
  }
}

/** Gives `isptar:`, coloured where colours are wanted. */
export function mark(io: CommandIo, color: 'red' | 'yellow'): string {
  const plain = !io.stderr.isTty || io.env['NO_COLOR'] !== undefined || io.env['TERM'] === 'dumb'
  return plain ? 'isptar:' : styleText(color, 'isptar:', { validateStream: false })
}

/** Messages quote names from archives and answers of servers: nothing in them may drive the terminal. */
export function oneLine(message: string): string {
  return message.replace(/\s*[\n\r]+\s*/g, ' ').replace(/[\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu, (char) => {
    const code = char.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
