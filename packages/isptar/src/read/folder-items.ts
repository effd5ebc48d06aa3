/**
 * What lies directly in a folder: by the index, which leads over whole subfolders to what comes after them, or else by one
 * pass over the listing.
 */
import { decodeText, equalBytes } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import type { IndexBlock } from '../tail/index-section.ts'
import { blocksOfChildren, childPath, folderPrefix } from './child-path.ts'
import { Entry, type EntryReader } from './entry.ts'
import { pathOfEntry, startsWith } from './line-match.ts'
import type { LineLookup } from './line-lookup.ts'
import type { ListingBlock, ListingIndex } from './listing-index.ts'

const SLASH = 0x2f

/** Something that lies directly in a folder. */
export interface FolderItem {
  /** Its path, without leading `./` and trailing `/`; as little to be trusted as {@link Entry.path}. */
  readonly path: string
  /** The path's raw bytes. */
  readonly pathBytes: Uint8Array
  /** Its entry; undefined for a folder of which the archive has only what is in it. */
  readonly entry: Entry | undefined
  /** Whether its entry is a directory, or something lies in it, which in a hostile archive may also be so of a file. */
  readonly isFolder: boolean
}

/**
 * Gives what lies directly in a folder, in stored order, in batches: those of a block of the listing, or all at once where
 * the archive has no index.
 *
 * @param reader - what the entries are to be read by
 * @throws as `Archive.children`
 */
export async function* folderItems(
  lookup: LineLookup,
  reader: EntryReader,
  folder: string,
  options: ReadOptions,
): AsyncGenerator<readonly FolderItem[], void, undefined> {
  const gatherer = new ItemGatherer(reader, folderPrefix(folder))
  const blocks = await lookup.index?.blocks(options)
  if (lookup.index && blocks) return yield* itemsByIndex(lookup.index, blocks, gatherer, options)
  for await (const { firstLine, lines } of lookup.all(options)) gatherer.add({ entriesBefore: firstLine, lines })
  yield gatherer.take(undefined)
}

async function* itemsByIndex(
  index: ListingIndex,
  blocks: readonly IndexBlock[],
  gatherer: ItemGatherer,
  options: ReadOptions,
): AsyncGenerator<readonly FolderItem[], void, undefined> {
  const wanted = blocksOfChildren(blocks, gatherer.prefix)
  let next = wanted[0] ?? 0
  for await (const { number, ...block } of index.read(wanted, options)) {
    // What the index says of a child is not enough: its lines might be no entries, as a pass would find.
    for (; next < number && !gatherer.knowsFolder(blocks[next]); next += 1)
      for await (const passedOver of index.read([next], options)) gatherer.add(passedOver)
    gatherer.add(block)
    next = number + 1
    yield gatherer.take(blocks[next])
  }
}

/** A child of the folder, as far as it is known. */
interface Child {
  readonly pathBytes: Uint8Array
  entry: Entry | undefined
  hasContent: boolean
  given: boolean
}

class ItemGatherer {
  readonly prefix: Uint8Array
  readonly #reader: EntryReader
  readonly #children = new Map<string, Child>()
  /** The child that the last line was in. */
  #last: Child | undefined

  constructor(reader: EntryReader, prefix: Uint8Array) {
    this.#reader = reader
    this.prefix = prefix
  }

  add({ entriesBefore, lines }: ListingBlock): void {
    for (const [index, line] of lines.entries()) this.#addLine(line, entriesBefore + index)
  }

  #addLine(line: Uint8Array, lineNumber: number): void {
    const path = pathOfEntry(line)
    if (path === undefined) return
    if (this.#last?.hasContent && isBelow(path, this.#last.pathBytes)) return
    const place = childPath(path, this.prefix)
    if (place === undefined) return
    // A copy: lines are views of much larger buffers.
    const record = decodeListingLine(place.isOwn ? new Uint8Array(line) : line)
    if (record === undefined) return
    const child = this.#childAt(place.bytes)
    if (place.isOwn) child.entry = new Entry(record, this.#reader, { line: lineNumber, checked: true })
    else child.hasContent = true
    this.#last = child
  }

  #childAt(bytes: Uint8Array): Child {
    const path = decodeText(bytes)
    const known = this.#children.get(path)
    if (known) return known
    const child: Child = { pathBytes: new Uint8Array(bytes), entry: undefined, hasContent: false, given: false }
    this.#children.set(path, child)
    return child
  }

  /** Tells whether the child that a block begins in is known to be a folder. */
  knowsFolder(block: IndexBlock | undefined): boolean {
    const place = block && childPath(block.firstPath, this.prefix)
    const child = place && this.#children.get(decodeText(place.bytes))
    return child !== undefined && isFolder(child)
  }

  /**
   * Gives what is complete, once.
   *
   * @param next - the block that follows in an ordered listing; undefined behind the last
   */
  take(next: IndexBlock | undefined): readonly FolderItem[] {
    const place = next && childPath(next.firstPath, this.prefix)
    const items: FolderItem[] = []
    for (const [path, child] of this.#children) {
      const goesOn = place !== undefined && equalBytes(place.bytes, child.pathBytes)
      if (goesOn && (place.isOwn || !isFolder(child))) continue
      const { pathBytes, entry } = child
      if (!child.given) items.push({ path, pathBytes, entry, isFolder: isFolder(child) })
      child.given = true
      if (!goesOn) this.#children.delete(path)
    }
    return items
  }
}

function isFolder({ entry, hasContent }: Child): boolean {
  return hasContent || entry?.type === 'directory'
}

/** Tells whether a path lies in a child that is not named by slashes alone; saves what the long way would cost. */
function isBelow(path: Uint8Array, child: Uint8Array): boolean {
  const end = child.length
  return path.length > end + 1 && path[end] === SLASH && child[end - 1] !== SLASH && startsWith(path, child)
}
