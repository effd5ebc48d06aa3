/** Goes through two sides together, path by path, and gives what differs. A side is an archive, or anything in its order. */
import { comparePaths, decodeText, equalBytes } from '../bytes/text.ts'
import { type ChangedField, CHANGED_FIELDS, changedFields, type ComparedMetadata } from './changed-fields.ts'
import { type DataFacts, relateData } from './data-facts.ts'

/** How to compare. */
export interface CompareOptions {
  /**
   * `metadata`: by what is recorded, and for archives by the CRC-32 of their listings; reads no data. `content`: also by
   * SHA-256; data of which one side does not know it is read.
   * @defaultValue `metadata`
   */
  by?: 'metadata' | 'content' | undefined
  /** What may differ. @defaultValue nothing */
  ignore?: ReadonlySet<ChangedField> | undefined
  /** Whether paths are given as well on which nothing differs. @defaultValue false */
  same?: boolean | undefined
  /** Ends the comparison. */
  signal?: AbortSignal | undefined
}

/** What the comparison of one path found. */
export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed' | 'same'
  /** Without a leading `./`. */
  readonly path: string
  /** What differs, in the order of {@link ChangedField}; empty but for `changed`. */
  readonly changes: readonly ChangedField[]
  /** The entry on the first side. */
  readonly before?: ComparedMetadata | undefined
  /** The entry on the second side. */
  readonly after?: ComparedMetadata | undefined
}

/** One entry of a side. */
export interface ComparedItem {
  /** Normalised. */
  readonly pathBytes: Uint8Array
  readonly metadata: ComparedMetadata
  /** What is known of a file's data without reading it. */
  facts(): Promise<DataFacts>
  /** Reads a file's data for its SHA-256; undefined when it cannot be read, which was then told. */
  hash(): Promise<Uint8Array | undefined>
}

/**
 * Compares two sides.
 *
 * @param before - items in the archive's order, each path once
 * @param after - the same
 */
export async function* compareSides(
  before: AsyncIterable<ComparedItem>,
  after: AsyncIterable<ComparedItem>,
  options: CompareOptions,
): AsyncGenerator<Difference, void, undefined> {
  for await (const pair of joinByPath(before, after)) {
    options.signal?.throwIfAborted()
    const [a, b] = pair
    if (a !== undefined && b !== undefined) {
      const changes = await findChanges(a, b, options)
      if (changes.length > 0) yield tell('changed', a, b, changes)
      else if (options.same) yield tell('same', a, b)
    } else yield tell(a === undefined ? 'added' : 'removed', a, b)
  }
}

async function findChanges(a: ComparedItem, b: ComparedItem, options: CompareOptions): Promise<ChangedField[]> {
  const { ignore = new Set() } = options
  const found = new Set(changedFields(a.metadata, b.metadata))
  const isFile = a.metadata.type === 'file' && b.metadata.type === 'file'
  const asks = isFile && a.metadata.sizeBytes === b.metadata.sizeBytes && !ignore.has('content')
  if (asks && (await hasOtherData(a, b, options.by ?? 'metadata'))) found.add('content')
  return CHANGED_FIELDS.filter((field) => found.has(field) && !ignore.has(field))
}

async function hasOtherData(a: ComparedItem, b: ComparedItem, by: 'metadata' | 'content'): Promise<boolean> {
  const facts = { a: await a.facts(), b: await b.facts() }
  const relation = relateData(facts.a, facts.b)
  if (relation === 'same' || relation === 'different' || by === 'metadata') return relation === 'different'
  const digest = facts.a.digest ?? (await a.hash())
  const other = digest && (facts.b.digest ?? (await b.hash()))
  return digest !== undefined && other !== undefined && !equalBytes(digest, other)
}

function tell(
  kind: Difference['kind'],
  a: ComparedItem | undefined,
  b: ComparedItem | undefined,
  changes: readonly ChangedField[] = [],
): Difference {
  const path = decodeText((a ?? b)?.pathBytes ?? new Uint8Array(0))
  return { kind, path, changes, before: a?.metadata, after: b?.metadata }
}

type Pair = readonly [before: ComparedItem | undefined, after: ComparedItem | undefined]

async function* joinByPath(
  before: AsyncIterable<ComparedItem>,
  after: AsyncIterable<ComparedItem>,
): AsyncGenerator<Pair, void, undefined> {
  const left = before[Symbol.asyncIterator]()
  const right = after[Symbol.asyncIterator]()
  try {
    let [a, b] = [await nextOf(left), await nextOf(right)]
    while (a !== undefined || b !== undefined) {
      const order = a === undefined ? 1 : b === undefined ? -1 : comparePaths(a.pathBytes, b.pathBytes)
      yield [order <= 0 ? a : undefined, order >= 0 ? b : undefined]
      if (order <= 0) a = await nextOf(left)
      if (order >= 0) b = await nextOf(right)
    }
  } finally {
    await Promise.all([left.return?.(), right.return?.()])
  }
}

async function nextOf<T>(items: AsyncIterator<T>): Promise<T | undefined> {
  const step = await items.next()
  return step.done === true ? undefined : step.value
}
