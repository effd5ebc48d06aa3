/**
 * A target that becomes a file. Bytes go to a temporary name in the same folder; `commit` makes them durable and then
 * gives them their name in one step, so that no unfinished archive is ever seen under it.
 */
import { randomBytes } from 'node:crypto'
import { link, lstat, open, rename, stat, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { StorageError } from '../errors.ts'
import type { Target } from '../io/target.ts'
import { checkPatch, TargetState } from '../io/target-state.ts'
import { errnoOf, fileError } from './file-error.ts'

/** What the file systems say that have no hard links. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])
/** What they say that cannot flush a folder. */
const NO_FOLDER_SYNC: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])
/** Longest part of the file's name kept in the temporary one; names end at 255 bytes, four a character at most. */
const KEPT_CHARACTERS = 50

/** Options of {@link FileTarget}. */
export interface FileTargetOptions {
  /**
   * Whether a file of that name is replaced at `commit`; a symbolic link is replaced itself, not followed.
   *
   * @defaultValue false
   */
  overwrite?: boolean | undefined
  /**
   * Permission bits before the umask.
   *
   * @defaultValue 0o666
   */
  mode?: number | undefined
}

interface Draft {
  readonly handle: FileHandle
  readonly path: string
}

/** Writes a file that appears under its name at `commit`, whole and durable. */
export class FileTarget implements Target {
  readonly name: string
  readonly #path: string
  readonly #overwrite: boolean
  readonly #mode: number
  readonly #state: TargetState
  #draft: Promise<Draft> | undefined
  #draftPath: string | undefined
  #committing: Promise<void> | undefined
  #written = 0

  /**
   * @param path - of the file; its folder must exist
   * @throws TypeError for a path that names no file
   */
  constructor(path: string, options: FileTargetOptions = {}) {
    if (basename(path) === '' || path.endsWith('/'))
      throw new TypeError(`not the path of a file: ${JSON.stringify(path)}`)
    this.name = path
    this.#path = path
    this.#overwrite = options.overwrite ?? false
    this.#mode = options.mode ?? 0o666
    this.#state = new TargetState(path)
  }

  /** Paths of the file and, once writing has begun, of the temporary one; a walk leaves them out. */
  get ownPaths(): readonly string[] {
    return this.#draftPath === undefined ? [this.#path] : [this.#path, this.#draftPath]
  }

  /** @throws StorageError of kind `exists` at the first write when the file exists and `overwrite` is false */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#step('write', async () => {
      const at = this.#written
      this.#written += bytes.length
      await writeAll((await this.#open()).handle, bytes, at)
    })
  }

  async patch(offset: number, bytes: Uint8Array): Promise<void> {
    this.#state.assertOpen('patch')
    checkPatch(offset, bytes.length, this.#written)
    await this.#step('patch', async () => writeAll((await this.#open()).handle, bytes, offset))
  }

  /** @throws StorageError of kind `exists` when the file came into being meanwhile and `overwrite` is false */
  async commit(): Promise<void> {
    this.#committing = this.#step('commit', async () => {
      const draft = await this.#open()
      await draft.handle.sync()
      await draft.handle.close()
      await this.#publish(draft.path)
      this.#state.commit()
      await syncFolder(dirname(this.#path))
    })
    await this.#committing
  }

  async abort(): Promise<void> {
    await this.#committing?.catch(() => undefined)
    if (this.#state.committed) return
    this.#state.abort()
    const draft = await this.#draft?.catch(() => undefined)
    this.#draft = undefined
    if (draft === undefined) return
    // Best effort: what goes wrong here must not hide the error that led to the abort.
    await draft.handle.close().catch(() => undefined)
    await unlink(draft.path).catch(() => undefined)
  }

  async #step(operation: string, step: () => Promise<void>): Promise<void> {
    try {
      await this.#state.run(operation, step)
    } catch (error) {
      throw fileError(error, operation, this.name)
    }
  }

  #open(): Promise<Draft> {
    this.#draft ??= this.#openNow()
    return this.#draft
  }

  async #openNow(): Promise<Draft> {
    await this.#checkName()
    const kept = Array.from(basename(this.#path)).slice(0, KEPT_CHARACTERS).join('')
    const path = join(dirname(this.#path), `.${kept}.${randomBytes(6).toString('hex')}.tmp`)
    this.#draftPath = path
    return { handle: await open(path, 'wx', this.#mode), path }
  }

  /** Fails early, before gigabytes are written, where `commit` would fail. */
  async #checkName(): Promise<void> {
    if (!(await exists(this.#path))) return
    if (!this.#overwrite) throw this.#taken('it exists already; choose another name or allow overwriting')
    const regular = await stat(this.#path).then(
      (found) => found.isFile(),
      (error: unknown) => errnoOf(error) === 'ENOENT',
    )
    // Renaming over a device, a pipe or a folder would destroy more than an old archive.
    if (!regular) throw this.#taken('it exists and is not a regular file')
  }

  async #publish(draft: string): Promise<void> {
    if (this.#overwrite) return rename(draft, this.#path)
    // A link, unlike a rename, never replaces what came into being meanwhile.
    if (await tryLink(draft, this.#path)) return unlink(draft)
    if (await exists(this.#path)) throw this.#taken('it exists already; choose another name or allow overwriting')
    return rename(draft, this.#path)
  }

  #taken(why: string): StorageError {
    return new StorageError(`cannot write ${this.name}: ${why}`, {
      operation: 'write',
      location: this.name,
      kind: 'exists',
    })
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (NO_LINKS.has(errnoOf(error))) return false
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Makes a new name durable; Windows cannot open folders and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errnoOf(error))) throw error
  } finally {
    await folder.close()
  }
}
