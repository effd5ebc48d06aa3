/**
 * A target that becomes a file. Bytes go to a temporary name in the same folder; `commit` makes them durable and then
 * gives them their name in one step, so that no unfinished archive is ever seen under it.
 */
import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { link, lstat, open, realpath, rename, stat, unlink } from 'node:fs/promises'
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
/** Names up to this length are kept whole in temporary ones, which are 18 bytes longer and end at 255, on some disks at 143. */
const WHOLE_NAME_BYTES = 120
/** Of longer ones this much is kept, four bytes a character at most. */
const KEPT_CHARACTERS = 25

/** Options of {@link FileTarget}. */
export interface FileTargetOptions {
  /**
   * Whether a file of that name is replaced at `commit`. A symbolic link stays: what it leads to is replaced.
   *
   * @defaultValue false
   */
  overwrite?: boolean | undefined
  /**
   * Permission bits before the umask.
   *
   * @defaultValue those of the file that is replaced, which also gives its owner where that is allowed; else 0o666
   */
  mode?: number | undefined
  /** A file whose permission bits and owner it takes where it replaces none. @defaultValue none */
  like?: Stats | undefined
}

interface Draft {
  readonly handle: FileHandle
  readonly path: string
  /** Where it goes: the path with links resolved. */
  readonly place: string
  /** What stands there, or else what it is to be like. */
  readonly old: Stats | undefined
}

/** Writes a file that appears under its name at `commit`, whole and durable. */
export class FileTarget implements Target {
  readonly #overwrite: boolean
  readonly #mode: number | undefined
  readonly #like: Stats | undefined
  readonly #state: TargetState
  #path: string
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
    this.#path = path
    this.#overwrite = options.overwrite ?? false
    this.#mode = options.mode
    this.#like = options.like
    this.#state = new TargetState(path)
  }

  get name(): string {
    return this.#path
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

  /**
   * Changes what the file will be called, before `commit`.
   *
   * @param path - in the same folder
   * @throws StorageError of kind `exists` as the first write does
   */
  async rename(path: string): Promise<void> {
    await this.#step('rename', async () => {
      this.#path = path
      const draft = await this.#draft
      if (draft !== undefined) this.#draft = Promise.resolve({ ...draft, ...(await this.#findPlace()) })
    })
  }

  /** @throws StorageError of kind `exists` when the file came into being meanwhile and `overwrite` is false */
  async commit(): Promise<void> {
    this.#committing = this.#step('commit', async () => {
      const draft = await this.#open()
      if (this.#mode === undefined && draft.old !== undefined) await resemble(draft.handle, draft.old)
      await draft.handle.sync()
      await draft.handle.close()
      await this.#publish(draft)
      this.#state.commit()
      await syncFolder(dirname(draft.place))
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
    const { place, old } = await this.#findPlace()
    const path = join(dirname(place), `${draftPrefix(place)}${randomBytes(6).toString('hex')}.tmp`)
    this.#draftPath = path
    // Until it takes the old one's mode nobody else may read what only few could read before.
    const mode = this.#mode ?? (old === undefined ? 0o666 : 0o600)
    return { handle: await open(path, 'wx', mode), path, place, old }
  }

  /** Fails early, before gigabytes are written, where `commit` would fail. */
  async #findPlace(): Promise<Pick<Draft, 'place' | 'old'>> {
    if (!(await exists(this.#path))) return { place: this.#path, old: this.#like }
    if (!this.#overwrite) throw this.#taken('it exists already; choose another name or allow overwriting')
    const place = await realpath(this.#path).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error
      throw this.#taken('it is a symbolic link that leads nowhere; mount what it leads to, or remove the link')
    })
    const old = await stat(place)
    // Renaming over a device, a pipe or a folder would destroy more than an old archive.
    if (!old.isFile()) throw this.#taken('it exists and is not a regular file')
    return { place, old }
  }

  async #publish({ path, place }: Draft): Promise<void> {
    if (this.#overwrite) return rename(path, place)
    // A link, unlike a rename, never replaces what came into being meanwhile.
    if (await tryLink(path, place)) return unlink(path)
    if (await exists(place)) throw this.#taken('it exists already; choose another name or allow overwriting')
    return rename(path, place)
  }

  #taken(why: string): StorageError {
    return new StorageError(`cannot write ${this.name}: ${why}`, {
      operation: 'write',
      location: this.name,
      kind: 'exists',
    })
  }
}

/** Gives what the names of a file's drafts begin with; twelve hex digits and `.tmp` follow. */
export function draftPrefix(path: string): string {
  const name = basename(path)
  const isShort = Buffer.byteLength(name) <= WHOLE_NAME_BYTES
  return `.${isShort ? name : Array.from(name).slice(0, KEPT_CHARACTERS).join('')}.`
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}

/** Gives a file the owner of another, where that is allowed, and its mode. */
async function resemble(handle: FileHandle, old: Stats): Promise<void> {
  const own = await handle.stat()
  if (own.uid !== old.uid || own.gid !== old.gid)
    await handle.chown(old.uid, old.gid).catch((error: unknown) => {
      if (errnoOf(error) !== 'EPERM') throw error
    })
  await handle.chmod(old.mode & 0o777)
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
export async function syncFolder(path: string): Promise<void> {
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
