/** Folders and searches, as views: ordered rows of which the page fetches those that it shows. */

/**
 * What is shown: what lies directly in a folder, or what was found below it. A pattern with one of `* ? [ ] { }` is a glob,
 * else a part of a name; with a `/` in it, it is about the path relative to the folder, else about the name. Case does not
 * matter. What is found has a line of its own; folders without one are not.
 */
export type ViewSubject =
  | { readonly type: 'folder'; readonly folder: string; readonly onlyFolders?: boolean | undefined }
  | { readonly type: 'search'; readonly under: string; readonly pattern: string }

/**
 * By what rows are sorted. `stored` is the archive's own order and costs nothing. Names, of what was found the paths, are
 * in the order of the reader's language with numbers by their value, or above 20,000 rows in that of their bytes. Rows
 * without a size or time come last in both directions; equal ones stay in stored order.
 */
export type SortKey = 'stored' | 'name' | 'size' | 'packed' | 'time'

/** How rows are sorted. Folders come first, but in `stored`. */
export interface SortOrder {
  readonly key: SortKey
  readonly descending: boolean
}

/** How far a view is. */
export interface ViewState {
  /** Rows so far. */
  readonly count: number
  /** Whether these are all. */
  readonly isComplete: boolean
  /** Changes when rows have another place than before. */
  readonly order: number
  /** Entries of the listing that were looked through so far, where it is searched. */
  readonly searchedCount: number | undefined
}

/** A kind of entry; `folder` is one without a line of its own. */
export type RowType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'char' | 'block' | 'folder'

/** One row. */
export interface Row {
  /** As stored, normalised: the key of the row. Bytes that are not UTF-8 are lone surrogates. */
  readonly path: string
  /** Number of its line in the listing, from 0; -1 for a folder without one. */
  readonly line: number
  readonly type: RowType
  /** Whether it can be opened as a folder. */
  readonly isFolder: boolean
  /** Of data, in bytes; 0 for all but files. */
  readonly sizeBytes: number
  /** Of its member in the archive, in bytes; of a group for all files in it. */
  readonly packedBytes: number | undefined
  /** Seconds since 1970. */
  readonly mtimeSeconds: number | undefined
  /** 0 for data in this archive, n for its nth base; undefined for entries without data. */
  readonly depth: number | undefined
  readonly linkTarget: string | undefined
  readonly isDirty: boolean
  /** Whether its path must not be trusted. */
  readonly isUnsafe: boolean
}

/** Views. */
export interface BrowseCalls {
  /**
   * Opens a view.
   *
   * @param onState - told how far it is: at once when there are rows, then some times a second, and once it is complete
   * @returns its number, at once
   */
  openView(subject: ViewSubject, sort: SortOrder, onState: (state: ViewState) => void): Promise<number>
  /** Waits until a view is complete; fails as it failed. */
  whenComplete(view: number): Promise<ViewState>
  /** Sorts a view anew. */
  sortView(view: number, sort: SortOrder): Promise<ViewState>
  /** Gives rows of a view from the first to before the end; fewer where there are not as many yet. */
  rows(view: number, start: number, end: number): Promise<readonly Row[]>
  /** Gives the paths of rows in the view's order: of all, or from the first to before the end. */
  paths(view: number, start?: number, end?: number): Promise<readonly string[]>
  /** Gives the place of a path in a view, of several the first; -1 where it is not in it. */
  indexOf(view: number, path: string): Promise<number>
  /** Gives the place of the next row from `start` on, then from the first, whose name begins so, in any case; else -1. */
  indexOfPrefix(view: number, prefix: string, start: number): Promise<number>
  /** Ends a view, also one that is being made. */
  closeView(view: number): Promise<void>
}
