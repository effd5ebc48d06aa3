/** Lays entries out as a tree of folders, in the order in which they are stored. The whole tree is held in memory. */
import { LimitError } from 'isptar'

/** A real tree is below 256; the lines of a deeper one would be longer than any screen. */
const MAX_TREE_DEPTH = 1024

interface Branch {
  /** What stands behind the name: `/`, ` -> target`. */
  suffix: string
  readonly children: Map<string, Branch>
}

/** A tree that grows by paths. */
export class FolderTree {
  readonly #root: Branch = { suffix: '', children: new Map() }

  /**
   * Puts an entry into the tree; folders on the way that have no entry of their own appear as well.
   *
   * @param path - as stored
   * @param suffix - printed behind its name
   * @throws LimitError when it is nested too deeply to be shown
   */
  add(path: string, suffix: string): void {
    const names = path.split('/').filter((name) => name !== '' && name !== '.')
    if (names.length > MAX_TREE_DEPTH)
      throw new LimitError(`an entry is nested ${names.length} folders deep; a tree shows ${MAX_TREE_DEPTH}`, {
        limit: 'MAX_TREE_DEPTH',
        max: MAX_TREE_DEPTH,
        actual: names.length,
      })
    let branch = this.#root
    for (const name of names) {
      const next = branch.children.get(name) ?? { suffix: '/', children: new Map<string, Branch>() }
      branch.children.set(name, next)
      branch = next
    }
    branch.suffix = suffix
  }

  /**
   * Gives the lines of the tree, each ended.
   *
   * @param show - makes a name fit to print
   */
  *lines(show: (name: string) => string): Generator<string, void, undefined> {
    yield* linesOf(this.#root, '', show)
  }
}

function* linesOf(branch: Branch, indent: string, show: (name: string) => string): Generator<string, void, undefined> {
  let left = branch.children.size
  for (const [name, child] of branch.children) {
    left -= 1
    yield `${indent}${left === 0 ? '└── ' : '├── '}${show(name)}${child.suffix}\n`
    yield* linesOf(child, `${indent}${left === 0 ? '    ' : '│   '}`, show)
  }
}
