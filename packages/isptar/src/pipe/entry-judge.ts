/** Decides of each entry that is offered what has to be sent of it, by what a base has already. */
import { equalBytes } from '../bytes/text.ts'
import type { BaseReuse } from '../chain/base-reuse.ts'
import type { Entry } from '../read/entry.ts'
import type { ReceivedEntry } from './wire-line.ts'

/** A base, and how much of it is trusted. */
export interface KnownContent {
  readonly reuse: BaseReuse
  /** What tells that a file is unchanged: owner, size and time, or its content. */
  readonly compare: 'metadata' | 'content'
}

/** What becomes of an entry. */
export type Decision =
  /** No archive may hold it; that is reported. */
  | { readonly kind: 'refused' }
  /** It is stored as it was offered: it has no data. */
  | { readonly kind: 'plain'; readonly now: ReceivedEntry }
  /** Its data has to be sent. */
  | { readonly kind: 'data'; readonly now: ReceivedEntry }
  /** The base has it. */
  | { readonly kind: 'known'; readonly now: ReceivedEntry; readonly before: Entry }

/** It cannot be decided yet: its SHA-256 has to be sent first. */
export interface Question {
  readonly kind: 'digest'
  readonly now: ReceivedEntry
  readonly expected: Expected | undefined
}

/** What the base has under the same path. */
export interface Expected {
  readonly before: Entry
  readonly digest: Uint8Array
}

/** Judges entries; without a base all data is sent. */
export class EntryJudge {
  readonly #known: KnownContent | undefined

  constructor(known: KnownContent | undefined) {
    this.#known = known
  }

  /** Judges an entry by its metadata. Ask in the order in which entries are offered. */
  async judge(entry: ReceivedEntry): Promise<Decision | Question> {
    const hasData = entry.type === 'file' && entry.sizeBytes > 0
    const stored: Decision = { kind: hasData ? 'data' : 'plain', now: entry }
    if (this.#known === undefined) return stored
    const { reuse, compare } = this.#known
    const before = await reuse.at(entry.path)
    const now = before ? withTimeOf(entry, before) : entry
    const byContent = hasData && (compare === 'content' || (before !== undefined && reuse.isDoubtful(before)))
    if (before && !byContent && reuse.isUnchanged({ ...now, mtime: now.mtime ?? NO_TIME }, before))
      return { kind: 'known', now, before }
    if (!hasData) return stored
    const isComparable = byContent && before?.type === 'file' && before.sizeBytes === entry.sizeBytes
    const digest = isComparable ? await reuse.digestOf(before) : undefined
    if (digest === undefined && !reuse.mayHold(entry.sizeBytes)) return stored
    return { kind: 'digest', now: entry, expected: digest && before && { before, digest } }
  }

  /**
   * Judges a file by the SHA-256 of its data.
   *
   * @param now - as it was when it was read
   */
  async judgeDigest(now: ReceivedEntry, digest: Uint8Array, expected: Expected | undefined): Promise<Decision> {
    const { sizeBytes } = now
    if (expected?.before.sizeBytes === sizeBytes && equalBytes(expected.digest, digest))
      return { kind: 'known', now, before: expected.before }
    const before = await this.#known?.reuse.holding({ sizeBytes, digest })
    return before ? { kind: 'known', now, before } : { kind: 'data', now }
  }
}

const NO_TIME = { seconds: 0, nanoseconds: 0 }

/** A client of the original sends whole seconds, of files only: the rest is as it was. */
function withTimeOf(entry: ReceivedEntry, before: Entry): ReceivedEntry {
  if (!entry.isCoarse || before.type !== entry.type) return entry
  const isSame = entry.mtime === undefined || entry.mtime.seconds === before.mtime?.seconds
  return isSame && before.mtime ? { ...entry, mtime: before.mtime } : entry
}
