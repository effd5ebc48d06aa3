/** The surroundings of a command in tests: outputs that remember, and a clock that is set by hand. */
import { Readable } from 'node:stream'
import type { CommandIo, Output } from '../src/command-io.ts'

/** An output that remembers what was written to it. */
export class FakeOutput implements Output {
  readonly isTty: boolean
  readonly columns: number | undefined
  file: Output['file']
  /** One array for each write. */
  readonly writes: Uint8Array[] = []
  /** When set, the next write fails with it. */
  failure: Error | undefined

  constructor(isTty = false, columns?: number) {
    this.isTty = isTty
    this.columns = columns
  }

  async write(data: Uint8Array | string): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    this.writes.push(typeof data === 'string' ? new TextEncoder().encode(data) : data.slice())
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.writes)
  }

  get text(): string {
    return Buffer.concat(this.writes).toString('utf8')
  }
}

/** A {@link CommandIo} of outputs that remember. */
export interface FakeIo extends CommandIo {
  readonly stdout: FakeOutput
  readonly stderr: FakeOutput
  readonly controller: AbortController
  /** What `now` says. */
  clock: number
}

/** Makes one; both outputs are pipes unless `tty`. */
export function fakeIo(
  options: { tty?: boolean; columns?: number; env?: Record<string, string>; stdin?: Readable } = {},
): FakeIo {
  const { tty = false, columns, env = {}, stdin = Readable.from([]) } = options
  const controller = new AbortController()
  const io: FakeIo = {
    stdout: new FakeOutput(tty, columns),
    stderr: new FakeOutput(tty, columns),
    openStdin: () => stdin,
    env,
    controller,
    signal: controller.signal,
    clock: 0,
    now: () => io.clock,
  }
  return io
}
