/** Decides whether threads restore files, and starts them in time. */
import { MiB } from '../limits.ts'
import type { Archive } from '../read/archive.ts'
import type { ExtractSettings } from './extract-options.ts'
import type { Survey } from './extract-survey.ts'
import { loadPosix, type Posix } from './posix.ts'
import { type RestoreJob, type RestoreResult, runRestoreJob } from './restore-job.ts'
import { WorkerPool } from './worker-pool.ts'

/** Starting threads takes as long as restoring this much. */
const FEW_ENTRIES = 200
const LITTLE_DATA: number = 4 * MiB

/** Threads that restore batches of files, or this one. */
export type RestorePool = WorkerPool<RestoreJob, RestoreResult>

/** What tests put in the place of this machine. */
export interface PoolSeams {
  /** Threads have the machine's own. */
  readonly posix?: Posix | undefined
  /** Whether threads are used however little there is to do. */
  readonly eagerThreads?: boolean | undefined
}

/** Starts threads where there is much to do: at once when the archive shows it, so that they load while it is surveyed. */
export class RestorePools {
  readonly posix: Posix
  readonly #settings: ExtractSettings
  readonly #seams: PoolSeams
  #pool: RestorePool | undefined

  private constructor(posix: Posix, settings: ExtractSettings, seams: PoolSeams) {
    this.posix = posix
    this.#settings = settings
    this.#seams = seams
  }

  /** Looks at the archive. Close what it gives. */
  static async start(archive: Archive, settings: ExtractSettings, seams: PoolSeams): Promise<RestorePools> {
    const pools = new RestorePools(seams.posix ?? (await loadPosix()), settings, seams)
    const isLarge = settings.wantsAll && archive.formatVersion === 2 && archive.sizeBytes > LITTLE_DATA
    if (isLarge && !settings.dryRun && process.platform === 'linux') pools.#open(settings.threads).warmUp()
    return pools
  }

  /** Gives the threads for what the survey found. */
  choose({ totalEntryCount, totalDataBytes }: Survey): RestorePool {
    const isSmall = totalEntryCount < FEW_ENTRIES && totalDataBytes < LITTLE_DATA
    return this.#pool ?? this.#open(isSmall && !this.#seams.eagerThreads ? 1 : this.#settings.threads)
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool?.close()
  }

  #open(threads: number): RestorePool {
    return (this.#pool = new WorkerPool({
      script: 'extract-worker',
      threads: this.#seams.posix ? 1 : threads,
      runHere: (job) => runRestoreJob(job, this.posix),
    }))
  }
}
