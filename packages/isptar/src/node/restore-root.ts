/**
 * The target folder, and the way to every folder below it that no symlink can bend. On Linux each component is opened
 * in the folder opened before (`O_NOFOLLOW`, through `/proc/<pid>/fd/N/name`, which does what openat does), so a folder
 * that is exchanged for a link in between leads nowhere. Where there is no `/proc`, each component is looked at anew
 * each time.
 */
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs'
import { encodeText } from '../bytes/text.ts'
import { UnsafePathError } from '../errors.ts'
import { errnoOf } from './file-error.ts'

const OPEN_FOLDER = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)

/** Deeper folders are opened anew instead of being held, so that descriptors do not run out. */
const MAX_HELD = 64

/** A folder that was reached without following a link. Good until the next call of {@link RestoreRoot.enter}. */
export interface RestoreFolder {
  /** Below the root, components joined by `/`; empty for the root. */
  readonly place: string
  /** The open folder; undefined where folders are not held open. */
  readonly fd: number | undefined
  /** Gives the path of a name in this folder for system calls that do not follow it. */
  at(name: string): Buffer
}

/** A folder that stays open wherever the way leads, until it is released. */
export interface HeldFolder extends RestoreFolder {
  /** What stands before a name in it, in any thread. */
  readonly prefix: string
  release(): void
}

interface Level extends RestoreFolder {
  readonly name: string
  readonly prefix: string
  fd: number | undefined
  /** How often its descriptor is held. */
  holds: number
}

/** How a {@link RestoreRoot} works. */
export interface RestoreRootOptions {
  /** Tells of a place that a symlink is going to take: nothing may be put below it. */
  isLink?: ((place: string) => boolean) | undefined
  /** Whether `/proc` is used where it is there. @defaultValue true */
  proc?: boolean | undefined
}

/** The target folder of an extraction. Close it. */
export class RestoreRoot {
  readonly #path: string
  readonly #isLink: (place: string) => boolean
  readonly #usesProc: boolean
  /** The folders on the way to the one entered last; the first is the root. */
  #levels: Level[]

  /** Opens a folder that exists. It may itself be a link: its user named it. */
  constructor(directory: string, options: RestoreRootOptions = {}) {
    this.#path = realpathSync(directory)
    this.#isLink = options.isLink ?? (() => false)
    const fd = options.proc === false ? undefined : openThroughProc(this.#path)
    this.#usesProc = fd !== undefined
    this.#levels = [this.#level('', '', fd)]
  }

  /**
   * Goes to a folder, component by component.
   *
   * @param place - components joined by `/`; empty for the root
   * @param create - whether folders that are missing are made, with the rights the umask leaves
   * @returns undefined when one is missing and is not to be made
   * @throws UnsafePathError when a component is a link or no folder
   */
  enter(place: string, create: boolean): RestoreFolder | undefined {
    if (this.#usesProc && this.#top.place === place) return this.#top
    const names = place === '' ? [] : place.split('/')
    this.#leave(this.#shared(names))
    this.#refuseLinks(names)
    for (const name of names.slice(this.#levels.length - 1)) if (!this.#step(name, create)) return undefined
    return this.#top
  }

  /**
   * Holds the folder entered last.
   *
   * @returns undefined where folders are not held open, so that another thread could be led elsewhere
   */
  hold(): HeldFolder | undefined {
    const level = this.#top
    const { fd, place, prefix } = level
    if (fd === undefined) return undefined
    level.holds += 1
    const release = (): void => {
      level.holds -= 1
      // Not among the levels any more: nobody else closes it.
      if (level.holds === 0 && level.fd === undefined) closeSync(fd)
    }
    return { place, fd, prefix, at: (name) => level.at(name), release }
  }

  /** Lets go of a folder and all below it: something else takes its place. */
  forget(place: string): void {
    const at = this.#levels.findIndex((level) => level.place === place)
    if (at > 0) this.#leave(at)
  }

  /** Closes what is open. */
  close(): void {
    this.#leave(0)
  }

  get #top(): Level {
    const top = this.#levels.at(-1)
    if (top === undefined) throw new TypeError('the target folder was closed')
    return top
  }

  #level(name: string, place: string, fd: number | undefined): Level {
    const folder =
      fd === undefined ? [this.#path, place].filter((part) => part !== '').join('/') : `${procFolder()}${fd}`
    const prefix = `${folder}/`
    return { name, place, fd, prefix, holds: 0, at: (child) => toBuffer(prefix + child) }
  }

  /** How many levels, the root included, the way to `names` has in common with where we are and are still held. */
  #shared(names: readonly string[]): number {
    let count = 1
    while (count < this.#levels.length && this.#levels[count]?.name === names[count - 1]) count += 1
    while (count > 1 && this.#levels[count - 1]?.fd === undefined) count -= 1
    return count
  }

  #leave(count: number): void {
    for (const level of this.#levels.splice(count)) shut(level)
  }

  #refuseLinks(names: readonly string[]): void {
    let place = this.#top.place
    for (const name of names.slice(this.#levels.length - 1)) {
      place = place === '' ? name : `${place}/${name}`
      if (this.#isLink(place))
        throw new UnsafePathError(place, `its folder ${JSON.stringify(place)} is a symbolic link`)
    }
  }

  #step(name: string, create: boolean): boolean {
    const parent = this.#top
    const path = parent.at(name)
    const place = parent.place === '' ? name : `${parent.place}/${name}`
    let fd = this.#open(path, place)
    if (fd === 'missing') {
      if (!create) return false
      mkdirSync(path)
      fd = this.#open(path, place)
      if (fd === 'missing') throw new UnsafePathError(place, `its folder ${JSON.stringify(place)} vanished`)
    }
    this.#levels.push(this.#level(name, place, fd))
    if (this.#levels.length > MAX_HELD) shut(parent)
    return true
  }

  /** Opens a folder, or only looks whether it is one where folders are not held. */
  #open(path: Buffer, place: string): number | 'missing' | undefined {
    try {
      if (this.#usesProc) return openSync(path, OPEN_FOLDER)
      if (lstatSync(path).isDirectory()) return undefined
    } catch (error) {
      const code = errnoOf(error)
      if (code === 'ENOENT') return 'missing'
      if (code !== 'ENOTDIR' && code !== 'ELOOP') throw error
    }
    const what = lstatSync(path).isSymbolicLink() ? 'a symbolic link' : 'not a folder'
    throw new UnsafePathError(place, `its folder ${JSON.stringify(place)} is ${what}`)
  }
}

/** Closes a folder, or leaves that to the last who holds it. */
function shut(level: Level): void {
  const { fd } = level
  level.fd = undefined
  if (fd !== undefined && level.holds === 0) closeSync(fd)
}

/** Parts a place into its folder and its name. */
export function splitPlace(place: string): readonly [parent: string, name: string] {
  const slash = place.lastIndexOf('/')
  return slash < 0 ? ['', place] : [place.slice(0, slash), place.slice(slash + 1)]
}

/** By number and not `self`, so that commands started with such a path find it as well. */
function procFolder(): string {
  return `/proc/${process.pid}/fd/`
}

/** Opens a folder when its descriptor can be walked from through `/proc`. */
function openThroughProc(path: string): number | undefined {
  if (process.platform !== 'linux') return undefined
  const fd = openSync(path, OPEN_FOLDER)
  try {
    const [seen, held] = [statSync(`${procFolder()}${fd}/.`), fstatSync(fd)]
    if (seen.ino === held.ino && seen.dev === held.dev) return fd
  } catch {
    // No /proc, or one of another process space.
  }
  closeSync(fd)
  return undefined
}

function toBuffer(path: string): Buffer {
  const bytes = encodeText(path)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
