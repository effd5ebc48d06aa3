/** A command that connects to another machine: its streams, what it says, and how it ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { CommandError } from 'isptar'

/** How long it may take to end once its streams are closed. */
const END_MS = 5000
/** How long its last words may take, where another process keeps its standard error open. */
const LAST_WORDS_MS = 500

/** How ssh tells that it could not connect, and a shell that there is no such program. */
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [255, 'there is no connection: the host cannot be reached, or does not let you in'],
  [127, 'the host has no such program there; --remote-isptar names another one'],
  [126, 'the host may not run that program; --remote-isptar names another one'],
])

/** A running command. */
export class RemoteCommand {
  readonly readable: Readable
  readonly writable: Writable
  readonly #child: ChildProcess
  readonly #shown: string
  readonly #exited: Promise<void>
  readonly #said: Promise<void>
  #startError: Error | undefined
  #ending: Promise<void> | undefined

  /**
   * @param argv - the program and its arguments; no shell reads them here
   * @param onLine - told of each line on its standard error
   */
  constructor(argv: readonly string[], onLine: (line: string) => void) {
    const [program = '', ...args] = argv
    this.#shown = argv.join(' ')
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    this.readable = child.stdout
    this.writable = child.stdin
    this.#exited = once(child, 'exit').then(
      () => undefined,
      (error: unknown) => {
        this.#startError = error instanceof Error ? error : new Error(String(error))
      },
    )
    const lines = createInterface({ input: child.stderr, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('line', onLine)
    this.#said = once(lines, 'close').then(() => undefined)
  }

  /** Waits until it has ended, and ends it when that takes long. Safe to call twice. */
  end(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  async #end(): Promise<void> {
    const timer = new AbortController()
    const late = setTimeout(END_MS, undefined, { signal: timer.signal }).then(
      () => void this.#child.kill('SIGTERM'),
      () => undefined,
    )
    await Promise.race([this.#exited, late.then(() => this.#exited)])
    timer.abort()
    await Promise.race([this.#said, setTimeout(LAST_WORDS_MS, undefined, { ref: false })])
    this.#child.stderr?.destroy()
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGTERM')
  }

  /** Gives the error that tells why there was no client, once it has ended; undefined when it ran one. */
  failure(cause: unknown): CommandError | undefined {
    const { exitCode } = this.#child
    if (this.#startError !== undefined) return this.#error(this.#startError.message, undefined, cause)
    const meaning = exitCode === null ? undefined : MEANINGS.get(exitCode)
    return meaning === undefined ? undefined : this.#error(`exit code ${exitCode}: ${meaning}`, exitCode, cause)
  }

  #error(why: string, exitCode: number | null | undefined, cause: unknown): CommandError {
    const message = `the command failed: ${this.#shown}: ${why}`
    return new CommandError(message, { command: this.#shown, exitCode: exitCode ?? undefined, cause })
  }
}
