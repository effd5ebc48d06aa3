/** Standard input and output as a connection to another machine. */
import type { Readable } from 'node:stream'
import type { CommandIo } from './command-io.ts'

/** Gives both; standard output is closed by the end of the process. */
export function standardStreams(io: CommandIo): { readable: Readable; writable: WritableStream<Uint8Array> } {
  const writable = new WritableStream<Uint8Array>({ write: (bytes) => io.stdout.write(bytes) })
  return { readable: io.openStdin(), writable }
}
