/**
 * Restores entries one by one below the target folder: folders, files and special files at once, links after all of
 * them (`restore-links.ts`), so that nothing can be written through a link of the archive, and the rights and times of
 * folders last, the deepest first.
 */
import { lstatSync, mkdirSync, rmdirSync, symlinkSync, unlinkSync, type Stats } from 'node:fs'
import { IntegrityError, StorageError, UnsafePathError } from '../errors.ts'
import { placeEntry } from '../extract/place-entry.ts'
import type { Entry, EntryReader } from '../read/entry.ts'
import type { EventOrder } from './event-order.ts'
import type { ReportBuilder } from './extract-report.ts'
import type { ExtractSettings } from './extract-options.ts'
import { errnoOf } from './file-error.ts'
import type { Posix } from './posix.ts'
import type { TreeRemover } from './remove-tree.ts'
import { type AttributeContext, type Attributes, applyToFd, applyToPath } from './restore-attributes.ts'
import { install, restoreData, type Spot } from './restore-file.ts'
import type { RestoreLedger } from './restore-ledger.ts'
import { RestoreNames } from './restore-names.ts'
import { type RestoreFolder, type RestoreRoot, splitPlace } from './restore-root.ts'

/** What restoring takes. */
export interface RestoreContext {
  /** Undefined in a dry run into a folder that does not exist. */
  readonly root: RestoreRoot | undefined
  readonly settings: ExtractSettings
  readonly ledger: RestoreLedger
  readonly posix: Posix
  readonly report: ReportBuilder
  /** In which callers are told of what was restored. */
  readonly order: EventOrder
  /** Empties folders that are in the way; undefined when they are to stay. */
  readonly remover: TreeRemover | undefined
  /** Through what the data is read: the archive, or a view of it. */
  readonly reader: EntryReader
}

/** Puts something at a name in a folder. */
export type Maker = (spot: Spot) => Promise<void>

/** Restores all entries but links. */
export class TreeRestorer {
  readonly #context: RestoreContext
  readonly #folders = new Map<string, Attributes>()
  /** Places of folders that this extraction made. */
  readonly #made = new Set<string>()
  readonly #names: RestoreNames

  constructor(context: RestoreContext) {
    this.#context = context
    const { root, settings } = context
    this.#names = new RestoreNames(settings.dryRun ? undefined : root, settings.foldsNames)
  }

  /**
   * Decides where an entry goes.
   *
   * @returns undefined when `stripComponents` leaves nothing of its path
   * @throws UnsafePathError
   */
  place(entry: Entry): string | undefined {
    const place = placeEntry(entry.path, this.#context.settings)
    if (place === undefined || this.#names.areDistinct) return place
    const other = this.#names.claim(place, entry.type === 'directory' ? place : splitPlace(place)[0])
    if (other === undefined) return place
    throw new UnsafePathError(entry.path, `the file system takes it and ${JSON.stringify(other)} for one name`)
  }

  /**
   * Restores an entry that is no hardlink.
   *
   * @param place - where, which need not be its own place
   * @throws UnsafePathError or StorageError when it is refused; any error of its data
   */
  async restore(entry: Entry, place: string): Promise<void> {
    const { settings, posix, reader } = this.#context
    const attributes = this.#attributesFor(entry)
    switch (entry.type) {
      case 'directory':
        return this.#restoreFolder(entry, place)
      case 'file':
        return this.put(entry, place, (spot) =>
          restoreData(spot, entry.of(reader), settings.signal, (fd) => applyToFd(fd, entry, attributes)),
        )
      case 'symlink':
        return this.#putNode(entry, place, (path) => symlinkSync(Buffer.from(entry.linkTargetBytes ?? []), path))
      case 'fifo':
        return this.#putNode(entry, place, (path) => posix.makeFifo(path))
      case 'char':
      case 'block':
        return this.#restoreDevice(entry, entry.type, place)
      case 'hardlink':
        throw new TypeError('hardlinks are restored from their target')
    }
  }

  /**
   * Enters the folder of a file that is going to be put in its place without another look.
   *
   * @returns whether that can be done: nothing stands there, or only what may be replaced by a rename
   * @throws as {@link restore}
   */
  enterFor(place: string): boolean {
    const { root, settings, ledger } = this.#context
    const [parent, name] = splitPlace(place)
    const folder = root?.enter(parent, true)
    if (folder === undefined) return false
    // In a folder that was made here nothing stands but what was put there.
    if (this.#made.has(parent) && !this.#made.has(place) && !ledger.watches(place)) return true
    const stands = standingAt(folder, name)
    return stands === undefined || (settings.existing === 'replace' && !stands.isDirectory())
  }

  /**
   * Restores a file for which {@link enterFor} was asked, while others are restored.
   *
   * @param folder - the one that was entered
   * @returns what is to be done in its turn
   */
  async restoreApart(entry: Entry, place: string, folder: RestoreFolder, signal: AbortSignal): Promise<() => void> {
    const { reader, report } = this.#context
    const [, name] = splitPlace(place)
    const failures: unknown[] = []
    const attributes = { ...this.#attributesFor(entry), onFailure: (error: unknown) => void failures.push(error) }
    const spot = { folder, name, clear: async (): Promise<void> => undefined }
    await restoreData(spot, entry.of(reader), signal, (fd) => applyToFd(fd, entry, attributes))
    return () => {
      for (const error of failures) report.failed(entry.path, error, undefined)
      this.restored(entry, place)
    }
  }

  /** Notes that something else than a folder was put in a place, counts it and tells of it in its turn. */
  restored(entry: Entry, place: string): void {
    this.#folders.delete(place)
    this.#tell(entry, place)
  }

  #tell(entry: Entry, place: string): void {
    const { ledger, report, settings, order } = this.#context
    ledger.made(place, entry)
    order.tell(() => {
      try {
        report.restored(entry.type, entry.sizeBytes)
        if (entry.dirty) report.doubtful(entry.path, dirtyData(entry))
        settings.onEntry(entry)
      } catch (error) {
        report.failed(entry.path, error, settings.signal)
      }
    })
  }

  /** Puts an entry in its place, unless what stands there forbids it, and counts it. */
  async put(entry: Entry, place: string, make: Maker): Promise<void> {
    const { root, report, settings } = this.#context
    const [parent, name] = splitPlace(place)
    const folder = root?.enter(parent, !settings.dryRun)
    const stands = folder && standingAt(folder, name)
    if (stands !== undefined && !this.#mayReplace(entry, place)) return report.kept()
    if (folder !== undefined) {
      const clear = async (): Promise<void> => {
        if (stands?.isDirectory()) await this.#clear(entry, place, folder, name)
      }
      await (settings.dryRun ? clear() : make({ folder, name, clear }))
    }
    this.restored(entry, place)
  }

  /** Whether the file system takes names that differ in case or normalisation for one. */
  get foldsNames(): boolean {
    return this.#names.folds
  }

  /** Gives folders their rights and times, the deepest first: a folder may end without any rights. */
  finishFolders(): void {
    for (const place of [...this.#folders.keys()].sort().reverse()) {
      try {
        this.#finishFolder(place)
      } catch (error) {
        this.#context.report.failed(place, error, undefined)
      }
    }
  }

  #finishFolder(place: string): void {
    const attributes = this.#folders.get(place)
    const [parent, name] = splitPlace(place)
    const folder = this.#context.root?.enter(place, false)
    if (attributes === undefined || folder === undefined) return
    const context = this.#attributesFor({ path: place })
    if (folder.fd !== undefined) applyToFd(folder.fd, attributes, context)
    else {
      const holder = this.#context.root?.enter(parent, false)
      if (holder !== undefined) applyToPath(holder.at(name), attributes, context)
    }
  }

  #restoreFolder(entry: Entry, place: string): void {
    const { root, settings, ledger } = this.#context
    const [parent, name] = splitPlace(place)
    const folder = root?.enter(parent, !settings.dryRun)
    const stands = folder && standingAt(folder, name)
    const mine = ledger.owns(place)
    // A special bit that someone else gave a folder is a decision about this machine.
    let keptBits = 0
    if (stands?.isDirectory()) {
      keptBits = mine ? (this.#folders.get(place)?.keptBits ?? 0) : stands.mode & 0o7000
    } else if (folder !== undefined) {
      if (stands !== undefined && !this.#mayReplace(entry, place)) return this.#context.report.kept()
      if (stands !== undefined && !settings.dryRun) unlinkSync(folder.at(name))
      if (!settings.dryRun) mkdirSync(folder.at(name), 0o700)
      this.#made.add(place)
    }
    const { mode, uid, gid, mtime } = entry
    if (!settings.dryRun) this.#folders.set(place, { mode, keptBits, uid, gid, mtime, xattrs: entry.xattrs })
    this.#tell(entry, place)
  }

  #restoreDevice(entry: Entry, type: 'char' | 'block', place: string): Promise<void> {
    const { device } = entry
    if (!this.#context.settings.devices)
      throw new UnsafePathError(entry.path, 'device nodes are made only when that is asked for')
    if (device === undefined) throw new UnsafePathError(entry.path, 'a device without numbers')
    return this.#putNode(entry, place, (path) => this.#context.posix.makeDevice(path, type, device))
  }

  /** Puts something that is made in one call and never opened. */
  #putNode(entry: Entry, place: string, make: (path: Buffer) => void): Promise<void> {
    return this.put(entry, place, (spot) =>
      install(spot, (path) => {
        make(path)
        applyToPath(path, entry, this.#attributesFor(entry))
      }),
    )
  }

  /** Removes a folder that is in the way when it is empty, or may be emptied. */
  async #clear(entry: Entry, place: string, folder: RestoreFolder, name: string): Promise<void> {
    const { remover, settings } = this.#context
    if (settings.existing === 'replace') await remover?.remove(place)
    if (settings.dryRun || standingAt(folder, name) === undefined) return
    try {
      rmdirSync(folder.at(name))
    } catch (error) {
      const code = errnoOf(error)
      throw code === 'ENOTEMPTY' || code === 'EEXIST' ? exists(entry, 'a folder that is not empty') : error
    }
  }

  /** Whether what stands there may go. What this extraction put there itself always may: the last entry wins. */
  #mayReplace(entry: Entry, place: string): boolean {
    const { settings, ledger } = this.#context
    if (settings.existing === 'replace' || ledger.owns(place)) return true
    if (settings.existing === 'keep') return false
    throw exists(entry, 'something')
  }

  #attributesFor(entry: { readonly path: string }): AttributeContext {
    const { settings, posix, report, order } = this.#context
    return {
      policy: settings,
      posix,
      onFailure: (error) => order.tell(() => report.failed(entry.path, error, undefined)),
      onDroppedRights: () => report.droppedRights(),
    }
  }
}

function standingAt(folder: RestoreFolder, name: string): Stats | undefined {
  return lstatSync(folder.at(name), { throwIfNoEntry: false })
}

function dirtyData({ path }: Entry): IntegrityError {
  const what = 'changed or was unreadable while it was packed; the data is restored as stored'
  return new IntegrityError(`${JSON.stringify(path)} ${what}`, { entry: path })
}

function exists(entry: Entry, what: string): StorageError {
  const message = `${what} stands there already`
  return new StorageError(message, { operation: 'restore', location: entry.path, kind: 'exists' })
}
