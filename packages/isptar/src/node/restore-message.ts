/**
 * What a thread is told of the files of a batch, in a form that costs little to hand over: numbers in one array, names in
 * one string, instead of some objects for each file.
 */
import type { Attributes } from './restore-attributes.ts'

/** The member that holds a file's data: where it begins in the window, and what the file's line says of it. */
export interface JobMember {
  readonly offset: number
  readonly packedBytes: number
  /** Where in the plaintext of a group the data begins; 0 for a member of its own. */
  readonly plainOffset: number
  /** Of the plaintext, in a group of the data and its padding, where it is recorded. */
  readonly crc32: number | undefined
}

/** A file to restore. */
export interface JobFile extends Attributes {
  /** Path of its folder with a `/` at the end; it leads over an open folder, which the giver keeps open. */
  readonly folder: string
  /** A component of a path. */
  readonly name: string
  readonly sizeBytes: number
  /** Undefined for a file without data. */
  readonly member: JobMember | undefined
}

/** Files, packed. */
export interface FilesMessage {
  readonly folders: readonly string[]
  /** Separated by `/`. */
  readonly names: string
  /** {@link FIELDS} a file. */
  readonly numbers: Float64Array<ArrayBuffer>
  /** By the number of the file; most have none. */
  readonly xattrs: ReadonlyMap<number, ReadonlyMap<string, Uint8Array>>
}

/** folder, mode, uid, gid, seconds, nanoseconds, size, offset, packed size, plain offset, CRC-32; NaN for what is not there. */
const FIELDS = 11

const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map()

/** Packs files. */
export function packFiles(files: readonly JobFile[]): FilesMessage {
  const folders: string[] = []
  const numbers = new Float64Array(files.length * FIELDS)
  const xattrs = new Map<number, ReadonlyMap<string, Uint8Array>>()
  for (const [index, file] of files.entries()) {
    const { folder, mode, uid, gid, mtime, sizeBytes, member } = file
    if (folders.at(-1) !== folder) folders.push(folder)
    const at = index * FIELDS
    numbers[at] = folders.length - 1
    numbers[at + 1] = mode
    numbers[at + 2] = uid
    numbers[at + 3] = gid
    numbers[at + 4] = mtime?.seconds ?? Number.NaN
    numbers[at + 5] = mtime?.nanoseconds ?? Number.NaN
    numbers[at + 6] = sizeBytes
    numbers[at + 7] = member?.offset ?? Number.NaN
    numbers[at + 8] = member?.packedBytes ?? Number.NaN
    numbers[at + 9] = member?.plainOffset ?? Number.NaN
    numbers[at + 10] = member?.crc32 ?? Number.NaN
    if (file.xattrs.size > 0) xattrs.set(index, file.xattrs)
  }
  return { folders, names: files.map(({ name }) => name).join('/'), numbers, xattrs }
}

/** Gives the files of a message, one at a time. */
export function* unpackFiles(message: FilesMessage): Generator<JobFile, void, undefined> {
  const { folders, names, numbers, xattrs } = message
  let nameStart = 0
  for (let index = 0; index * FIELDS < numbers.length; index += 1) {
    const at = (field: number): number => numbers[index * FIELDS + field] ?? Number.NaN
    const slash = names.indexOf('/', nameStart)
    const name = names.slice(nameStart, slash < 0 ? names.length : slash)
    nameStart = slash + 1
    yield {
      folder: folders[at(0)] ?? '',
      name,
      mode: at(1),
      uid: at(2),
      gid: at(3),
      mtime: Number.isNaN(at(4)) ? undefined : { seconds: at(4), nanoseconds: at(5) },
      sizeBytes: at(6),
      member: Number.isNaN(at(7))
        ? undefined
        : {
            offset: at(7),
            packedBytes: at(8),
            plainOffset: at(9),
            crc32: Number.isNaN(at(10)) ? undefined : at(10),
          },
      xattrs: xattrs.get(index) ?? NO_XATTRS,
    }
  }
}
