/** The folders of a tree: which are known, which are open, and which are seen for that. */
import type { BrowseCalls } from '../contract/browse-calls.ts'
import { baseName, folderChain } from '../text/entry-path.ts'

/** Folders that are shown of one folder; the list has all of them. */
export const SHOWN_FOLDERS = 2000

/** A line of the tree. */
export interface FolderNode {
  /** Empty for the root. */
  readonly path: string
  readonly name: string
  /** 1 for the root. */
  readonly level: number
  readonly position: number
  readonly siblings: number
  /** Undefined where it is known that there are no folders in it. */
  readonly isExpanded: boolean | undefined
  readonly isLoading: boolean
  /** Folders of this one that are not shown: then it stands for them, not for itself. */
  readonly moreCount: number | undefined
}

interface Children {
  readonly paths: readonly string[]
  readonly count: number
}

/** Folders of an archive, read when they are opened. */
export class FolderNodes {
  readonly #browse: BrowseCalls
  readonly #onChange: () => void
  readonly #children = new Map<string, Children>()
  readonly #expanded = new Set<string>()
  readonly #loading = new Set<string>()
  readonly #views = new Set<number>()
  #visible: readonly FolderNode[] | undefined
  #isEnded = false

  /** @param onChange - told when other nodes are to be shown */
  constructor(browse: BrowseCalls, onChange: () => void) {
    this.#browse = browse
    this.#onChange = onChange
    this.expand('')
  }

  /** Gives the nodes in their order. */
  get visible(): readonly FolderNode[] {
    this.#visible ??= [...this.#nodesOf('', 1, 1, 1)]
    return this.#visible
  }

  /** Opens a folder; reads it where that was not done yet. */
  expand(path: string): void {
    if (this.#expanded.has(path)) return
    this.#expanded.add(path)
    this.#change()
    if (!this.#children.has(path) && !this.#loading.has(path)) void this.#read(path)
  }

  /** Shuts a folder. */
  collapse(path: string): void {
    this.#expanded.delete(path)
    this.#change()
  }

  /** Opens all that a folder lies in. */
  revealFolder(path: string): void {
    for (const folder of ['', ...folderChain(path)].slice(0, -1)) this.expand(folder)
  }

  /** Ends what is being read. */
  end(): void {
    this.#isEnded = true
    for (const view of this.#views) this.#browse.closeView(view).catch(() => {})
  }

  async #read(path: string): Promise<void> {
    this.#loading.add(path)
    this.#change()
    try {
      const subject = { type: 'folder', folder: path, onlyFolders: true } as const
      const view = await this.#browse.openView(subject, { key: 'name', descending: false }, () => {})
      this.#views.add(view)
      const { count } = await this.#browse.whenComplete(view)
      const paths = await this.#browse.paths(view, 0, SHOWN_FOLDERS)
      // Of several with one path, as only a damaged or a hostile archive has them, the tree shows one.
      const different = [...new Set(paths)]
      this.#children.set(path, { paths: different, count: count - paths.length + different.length })
      this.#views.delete(view)
      await this.#browse.closeView(view)
    } catch {
      // The list says why a folder cannot be read; here it can be tried again.
      this.#expanded.delete(path)
    }
    this.#loading.delete(path)
    this.#change()
  }

  #change(): void {
    this.#visible = undefined
    if (!this.#isEnded) this.#onChange()
  }

  *#nodesOf(path: string, level: number, position: number, siblings: number): Generator<FolderNode> {
    const children = this.#children.get(path)
    const isLeaf = children?.count === 0
    const isExpanded = isLeaf ? undefined : this.#expanded.has(path)
    const isLoading = this.#loading.has(path)
    yield { path, name: baseName(path), level, position, siblings, isExpanded, isLoading, moreCount: undefined }
    if (!children || !isExpanded) return
    const { paths, count } = children
    for (const [index, child] of paths.entries()) yield* this.#nodesOf(child, level + 1, index + 1, count)
    const moreCount = count - paths.length
    if (moreCount === 0) return
    const more = { path, name: '', level: level + 1, position: paths.length + 1, siblings: count }
    yield { ...more, isExpanded: undefined, isLoading: false, moreCount }
  }
}
