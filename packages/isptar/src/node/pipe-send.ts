/** The machine with the files: sends a tree to a machine that compresses and stores it. */
import type { PipeProblem } from '../pipe/offered-entry.ts'
import type { SendReport } from '../pipe/send-pipe.ts'
import { sendPipe } from '../pipe/send-pipe.ts'
import { type PipeEnds, toPipeStreams } from './pipe-ends.ts'
import { TreeOffers } from './pipe-offers.ts'
import { isTopFolder } from './top-folder.ts'
import type { TreeRoots, WalkInternals, WalkOptions } from './walk-tree.ts'

/** Options of {@link sendTree}. */
export interface SendTreeOptions extends Omit<WalkOptions, 'onProblem'> {
  /**
   * Which protocol to speak: ours, or that of the original program, which sends no columns (whole seconds, no extended
   * attributes), waits for each answer, and has no entries for the folders named as roots.
   *
   * @defaultValue `isptar`
   */
  protocol?: 'isptar' | 'original' | undefined
  /** Told of everything that is missing, or sent but doubtful; in our protocol the server is told as well. */
  onProblem?: ((problem: PipeProblem) => void) | undefined
}

/**
 * Sends one root or several to a server, such as {@link serveArchive} of another machine. Nothing is compressed here.
 * Memory is bounded, whatever the tree; about 4,096 entries are sent ahead of the answers.
 *
 * @param roots - paths of folders or of anything else, as for `packTree`
 * @param ends - the connection to the server; used up, also when this throws
 * @param options - what to leave out, which protocol to speak and whom to tell
 * @throws StorageError whose `location` is `server` when that side fails or goes away, or when nothing at all could be
 * read; `signal.reason` on abort
 */
export async function sendTree(roots: TreeRoots, ends: PipeEnds, options: SendTreeOptions = {}): Promise<SendReport> {
  return sendWith(roots, ends, options)
}

/** {@link sendTree} on a file system that tests may choose. */
export async function sendWith(
  roots: TreeRoots,
  ends: PipeEnds,
  options: SendTreeOptions & Pick<WalkInternals, 'fileSystem'>,
): Promise<SendReport> {
  const { protocol, onProblem, onNotice, signal, ...walk } = options
  const withoutRootFolders = protocol === 'original'
  return sendPipe(
    (tell) => new TreeOffers(roots, { ...walk, signal, withoutRootFolders }, tell).entries(),
    toPipeStreams(ends),
    { protocol, onProblem, onNotice, signal, isTopFolder: isTopFolder(roots) },
  )
}
