/**
 * What a command sees of the process: its streams, its environment and the signal that ends it. `main.ts` gives the real
 * ones; tests give their own.
 */
import type { Readable } from 'node:stream'

/** Standard output or standard error. */
export interface Output {
  /** Whether a person reads it on a terminal. */
  readonly isTty: boolean
  /** Width of that terminal in columns, when known. */
  readonly columns: number | undefined
  /** Which file it is, when it is one. */
  readonly file: { readonly dev: bigint; readonly ino: bigint } | undefined
  /**
   * Writes all of it; settles once the stream took it, or the command is ended.
   *
   * @throws OutputClosedError when the reader went away
   * @throws OutputFailedError when the stream failed otherwise
   */
  write(data: Uint8Array | string): Promise<void>
}

/** Everything outside that a command may touch, but for files and the network. */
export interface CommandIo {
  readonly stdout: Output
  readonly stderr: Output
  /** Opens standard input; a command that never asks for it never waits for it. */
  openStdin(): Readable
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted with an {@link InterruptedError} when the user ends the command. */
  readonly signal: AbortSignal
  /** Milliseconds of a clock that only goes forward. */
  now(): number
}

/** 128 and the number of the Unix signal. */
const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** A signal that ends a command. */
export type EndingSignal = keyof typeof SIGNAL_CODES

/** The reason of an abort by a signal. */
export class InterruptedError extends Error {
  /** 128 and the number of the Unix signal. */
  readonly exitCode: number

  constructor(signalName: EndingSignal) {
    super('interrupted')
    this.name = 'InterruptedError'
    this.exitCode = SIGNAL_CODES[signalName]
  }
}

/** Whoever read standard output has closed it: `isptar list x.tgz | head`. */
export class OutputClosedError extends Error {
  constructor() {
    super('standard output was closed')
    this.name = 'OutputClosedError'
  }
}

/** Standard output could not take what was written: its disk is full, say. */
export class OutputFailedError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'OutputFailedError'
  }
}

/** The command line asks for something that does not make sense. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}
