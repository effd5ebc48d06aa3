/**
 * Finds names that the target folder takes for one. Whether it folds names is tried out with a file in the first folder
 * that takes one; until that is known, names are kept in mind and judged by what is usual on the platform.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, lstatSync, openSync, unlinkSync } from 'node:fs'
import { NameRegister } from '../extract/name-register.ts'
import { CREATE_NEW } from './restore-file.ts'
import type { RestoreFolder, RestoreRoot } from './restore-root.ts'

const USUALLY_FOLDS = process.platform === 'win32' || process.platform === 'darwin'

/** After so many folders that take no file, the platform decides. */
const MAX_ATTEMPTS = 100

/** The names of an extraction. */
export class RestoreNames {
  readonly #root: RestoreRoot | undefined
  #folds: boolean | undefined
  #register: NameRegister | undefined = new NameRegister()
  #attempts = 0

  /**
   * @param root - where names are tried out; undefined when nothing may be written
   * @param folds - whether names are folded, when that is known
   */
  constructor(root: RestoreRoot | undefined, folds: boolean | undefined) {
    this.#root = root
    this.#settle(folds ?? (root === undefined ? USUALLY_FOLDS : undefined))
  }

  /** Whether names are folded, as far as that is known. */
  get folds(): boolean {
    return this.#folds ?? USUALLY_FOLDS
  }

  /** Whether each name is known to be one of its own, so that places need not be claimed. */
  get areDistinct(): boolean {
    return this.#folds === false
  }

  /**
   * Takes the place of an entry.
   *
   * @param folder - the folder that takes the entry
   * @returns the other place that the file system takes for the same
   */
  claim(place: string, folder: string): string | undefined {
    if (this.#folds === undefined && this.#root !== undefined) {
      this.#attempts += 1
      const tried = tryFolding(this.#root, folder)
      this.#settle(tried ?? (this.#attempts === MAX_ATTEMPTS ? USUALLY_FOLDS : undefined))
    }
    const other = this.#register?.claim(place)
    return this.folds ? other : undefined
  }

  #settle(folds: boolean | undefined): void {
    this.#folds = folds
    if (folds === false) this.#register = undefined
  }
}

/** Tries out whether a folder, or the one in which it will be made, folds names; undefined when that cannot be. */
function tryFolding(root: RestoreRoot, place: string): boolean | undefined {
  try {
    const folder = standingFolder(root, place)
    const name = `.isptar-${randomBytes(8).toString('hex')}-\u00e9`
    closeSync(openSync(folder.at(name), CREATE_NEW, 0o600))
    try {
      return stands(folder, name.toUpperCase()) || stands(folder, name.normalize('NFD'))
    } finally {
      unlinkSync(folder.at(name))
    }
  } catch {
    return undefined
  }
}

function standingFolder(root: RestoreRoot, place: string): RestoreFolder {
  return root.enter(place, false) ?? standingFolder(root, place.slice(0, Math.max(place.lastIndexOf('/'), 0)))
}

function stands(folder: RestoreFolder, name: string): boolean {
  return lstatSync(folder.at(name), { throwIfNoEntry: false }) !== undefined
}
