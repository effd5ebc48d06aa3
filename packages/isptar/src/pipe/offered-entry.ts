/** What the side with the files has to give: entries, and their data once the other side asks for it. */
import type { TarHeader } from '../tar/tar-header.ts'

/** An entry to be sent. */
export interface OfferedEntry {
  /** As it was when it was found. */
  readonly header: TarHeader
  /** Whether other entries may be hardlinks to it: it is opened before those are found, so that none leads nowhere. */
  readonly hasLinks: boolean
  /** Opens the data of a file; undefined when it cannot be read, which is then already reported. */
  open(): OfferedData | undefined
}

/** Data of a file that was opened. Close it, also after reading it. */
export interface OfferedData {
  /** As it was when it was opened. */
  readonly header: TarHeader
  /** At most as many bytes as the header says. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** What makes doubtful what was read: it changed meanwhile, say. Asked after the last chunk. */
  trouble(): PipeProblem | undefined
  close(): void
}

/** Something that is missing from the archive, or is stored but doubtful. */
export interface PipeProblem {
  /** Where it lies in the file system of the client, or its path in the archive. */
  readonly path: string
  /** In one word; those of `TreeProblem`, and `refused` for what the server does not store. */
  readonly kind: string
  /** What happened, without the path. */
  readonly message: string
}

/** Takes down what went wrong and what is worth knowing, on the spot. */
export interface PipeTeller {
  problem(problem: PipeProblem): void
  notice(message: string): void
}
