/** Folders and searches, as views: ordered rows of which the page fetches those that it shows. */

/** What is shown: what lies directly in a folder, or what was found below it. */
export type ViewSubject =
  | { readonly type: 'folder'; readonly folder: string; readonly onlyFolders?: boolean | undefined }
  | { readonly type: 'search'; readonly under: string; readonly pattern: string }

/** Of what rows are sorted. `stored` is the archive's own order and costs nothing. */
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
}

/** Views. */
export interface BrowseCalls {
  /**
   * Opens a view.
   *
   * @param onState - told how far it is: at once when there are rows, then some times a second, and once it is complete
   * @returns its number
   */
  openView(subject: ViewSubject, sort: SortOrder, onState: (state: ViewState) => void): Promise<number>
  /** Waits until a view is complete; fails as it failed. */
  whenComplete(view: number): Promise<ViewState>
  /** Sorts a view anew. */
  sortView(view: number, sort: SortOrder): Promise<ViewState>
  /** Gives rows of a view from the first to before the end; fewer where there are not as many yet. */
  rows(view: number, start: number, end: number): Promise<readonly Row[]>
  /** Gives the paths of all rows, in the view's order. */
  paths(view: number): Promise<readonly string[]>
  /** Gives the place of a path in a view; -1 where it is not in it. */
  indexOf(view: number, path: string): Promise<number>
  /** Ends a view, also one that is being made. */
  closeView(view: number): Promise<void>
}
