/** Entries whose members are made already, to be written as they are. */
import type { TarHeader } from '../tar/tar-header.ts'
import type { MadeMember } from './batch-maker.ts'

/** An entry whose header, and data if it has any, lie in the bytes of its batch. */
export interface MadeEntry {
  /** What the listing says of it; its size is that of the data. */
  readonly header: TarHeader
  /** Undefined for an entry without data. */
  readonly member: MadeMember | undefined
  /** SHA-256 of its data, where it is known. */
  readonly digest: Uint8Array | undefined
  /** Further columns of the listing that speak of its data. @defaultValue none */
  readonly columns?: ReadonlyMap<string, string> | undefined
}

/** Whole members that follow each other, and the entries in them, in order. */
export interface MadeBatch {
  readonly bytes: Uint8Array
  readonly entries: readonly MadeEntry[]
}
