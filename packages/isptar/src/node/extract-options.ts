/** The options of `extractTree`, checked and with their defaults filled in. */
import type { PlacePolicy } from '../extract/place-entry.ts'
import type { RightsPolicy } from '../extract/restored-rights.ts'
import type { Entry } from '../read/entry.ts'
import type { ExtractProblem, RefusedEntry } from './extract-report.ts'
import { processUmask } from './posix-umask.ts'
import { checkThreads, defaultThreads } from './worker-pool.ts'

/** What is done where something stands already. Folders that stand are always used, never emptied. */
export type ExistingPolicy = 'error' | 'replace' | 'keep'

/** How far an extraction is. */
export interface ExtractProgress {
  /** Entries done, refused ones included. */
  readonly entryCount: number
  /** Bytes of data restored. */
  readonly dataBytes: number
  /** Entries to do. */
  readonly totalEntryCount: number
  /** Bytes of data to restore. */
  readonly totalDataBytes: number
  /** The entry done last. */
  readonly path: string
}

/** What to extract and how; every option may be left out. */
export interface ExtractOptions {
  /** Only these entries: exact paths, and folders with all that is in them. @defaultValue all */
  only?: readonly string[] | undefined
  /**
   * Only this entry and what is below it, which an archive with an index finds at once. Unlike those of `only` it may be
   * missing. @defaultValue all
   */
  under?: string | undefined
  /** Only entries for which this says true; asked several times for each. @defaultValue all */
  filter?: ((entry: Entry) => boolean) | undefined
  /** How many leading components are cut off every path; entries with no more are left out. @defaultValue 0 */
  stripComponents?: number | undefined
  /**
   * What is done where a file or link stands already: `error` refuses the entry, `replace` puts the entry in its place,
   * `keep` leaves what stands. Folders that stand get the archive's rights, owner and time in any case. Nothing is ever
   * written through or into a file or link that stands. @defaultValue 'error'
   */
  existing?: ExistingPolicy | undefined
  /**
   * Removes what the archive does not have: in folders that it names and that are wanted, and, where it says that its root is
   * a folder and all of it is wanted, in the target folder. With `replace`, folders in the way of other entries go as well.
   * Nothing more is removed when an entry could not be restored, or was refused for what stands there. What was left out when the archive was made goes, too.
   * @defaultValue false
   */
  delete?: boolean | undefined
  /** Judges everything and writes nothing; data is not read. @defaultValue false */
  dryRun?: boolean | undefined
  /** Restores owner and group by their numbers. @defaultValue true for root, else false */
  owners?: boolean | undefined
  /**
   * Restores setuid, setgid and privileged attributes, these with `owners` only, and does not take the umask off the
   * permissions, as root with `owners` never does. @defaultValue false
   */
  samePermissions?: boolean | undefined
  /** Makes device nodes, which takes root; without it they are refused. @defaultValue false */
  devices?: boolean | undefined
  /** Restores extended attributes. @defaultValue true */
  xattrs?: boolean | undefined
  /** Whether the file system takes names that differ in case or normalisation for one. @defaultValue tried out */
  foldsNames?: boolean | undefined
  /**
   * How many threads restore files of up to 1 MiB, beside this one, which restores larger ones meanwhile. 1 starts none, and
   * neither do extractions of fewer than 200 entries and 4 MiB, nor systems other than Linux. The result is the same.
   * @defaultValue one for each core, at most 8
   */
  threads?: number | undefined
  /** Told after each entry. */
  onProgress?: ((progress: ExtractProgress) => void) | undefined
  /** Told of each entry that was restored, in the order it was. */
  onEntry?: ((entry: Entry) => void) | undefined
  /** Told of each place below the target folder that was removed. */
  onDelete?: ((place: string) => void) | undefined
  /**
   * Told of each refusal, which has a `reason`, and each problem as it comes: an extraction that throws gives no report.
   */
  onProblem?: ((problem: RefusedEntry | ExtractProblem) => void) | undefined
  /** Ends the extraction early; what was restored whole stays. */
  signal?: AbortSignal | undefined
}

/** {@link ExtractOptions} with nothing left open but `foldsNames`. */
export interface ExtractSettings extends PlacePolicy, RightsPolicy {
  readonly only: readonly string[] | undefined
  readonly under: string | undefined
  readonly filter: (entry: Entry) => boolean
  /** Whether neither paths nor a filter leave anything out. */
  readonly wantsAll: boolean
  readonly delete: boolean
  readonly existing: ExistingPolicy
  readonly dryRun: boolean
  readonly devices: boolean
  readonly xattrs: boolean
  readonly foldsNames: boolean | undefined
  readonly threads: number
  readonly onProgress: (progress: ExtractProgress) => void
  readonly onEntry: (entry: Entry) => void
  readonly onDelete: (place: string) => void
  readonly onProblem: (problem: RefusedEntry | ExtractProblem) => void
  readonly signal: AbortSignal | undefined
}

/**
 * Checks options and fills in defaults.
 *
 * @throws TypeError or RangeError for an option that makes no sense
 */
export function resolveExtractOptions(options: ExtractOptions): ExtractSettings {
  const { stripComponents = 0, existing = 'error' } = options
  const threads = checkThreads(options.threads) ?? defaultThreads()
  if (!Number.isSafeInteger(stripComponents) || stripComponents < 0)
    throw new RangeError(`stripComponents must be a whole number from 0, got ${stripComponents}`)
  if (existing !== 'error' && existing !== 'replace' && existing !== 'keep')
    throw new TypeError(`existing must be 'error', 'replace' or 'keep', got ${JSON.stringify(existing)}`)
  if (options.delete && stripComponents > 0)
    throw new TypeError('delete cannot be combined with stripComponents: several folders may then fall together')
  const isRoot = process.geteuid?.() === 0
  const { owners = isRoot, samePermissions = false } = options
  return {
    stripComponents,
    existing,
    windows: process.platform === 'win32',
    only: options.only,
    under: options.under,
    filter: options.filter ?? (() => true),
    wantsAll: options.only === undefined && options.under === undefined && options.filter === undefined,
    delete: options.delete ?? false,
    dryRun: options.dryRun ?? false,
    owners,
    samePermissions,
    umask: samePermissions || (owners && isRoot) ? 0 : processUmask(),
    devices: options.devices ?? false,
    xattrs: options.xattrs ?? true,
    foldsNames: options.foldsNames,
    threads,
    onProgress: options.onProgress ?? (() => undefined),
    onEntry: options.onEntry ?? (() => undefined),
    onDelete: options.onDelete ?? (() => undefined),
    onProblem: options.onProblem ?? (() => undefined),
    signal: options.signal,
  }
}
