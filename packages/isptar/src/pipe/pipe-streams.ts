/** The connection between the machine with the files, the client, and the machine with the disk, the server. */

/** Both directions as one side sees them; a process's standard streams, a socket or a stream of a browser. */
export interface PipeStreams {
  /** What the other side sends. */
  readonly readable: ReadableStream<Uint8Array>
  /** What this side sends. */
  readonly writable: WritableStream<Uint8Array>
}

/** Which end: `client` has the files, `server` writes the archive. */
export type PipeSide = 'client' | 'server'
