/** What Node has for a connection, brought to the web streams that the pipe speaks. */
import { Duplex, Readable, Writable } from 'node:stream'
import type { PipeStreams } from '../pipe/pipe-streams.ts'
import { toWebReadable, toWebWritable } from './node-streams.ts'

/** A socket, or the two streams of a process; Node's or the web's. */
export type PipeEnds =
  | Duplex
  | {
      /** What the other side sends. */
      readonly readable: Readable | ReadableStream<Uint8Array>
      /** What this side sends. */
      readonly writable: Writable | WritableStream<Uint8Array>
    }

/** Gives both directions as web streams. Cancelling or aborting them destroys the Node streams. */
export function toPipeStreams(ends: PipeEnds): PipeStreams {
  const { readable, writable } = ends instanceof Duplex ? { readable: ends, writable: ends } : ends
  return {
    readable: readable instanceof Readable ? toWebReadable(readable) : readable,
    writable: writable instanceof Writable ? toWebWritable(writable) : writable,
  }
}
