/** A worker that has one archive: it is started, watched, and ended with it. */
import { StorageError, UnsupportedError } from '../errors.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { VERSION } from '../version.ts'
import type { ArchiveCalls, SourceCalls } from './archive-calls.ts'
import { lostError, MessagePeer } from './message-peer.ts'
import { serveSources } from './page-source.ts'

/** How to start a worker. */
export interface StartOptions extends ReadOptions {
  /** @defaultValue starts the script that lies beside the library */
  startWorker?: (() => Worker) | undefined
}

/** The page's end of a worker. */
export class WorkerThread {
  /** Asks the worker. */
  readonly peer: MessagePeer<SourceCalls, ArchiveCalls>
  readonly #worker: Worker
  readonly #sources: readonly ByteSource[]

  private constructor(worker: Worker, sources: readonly ByteSource[]) {
    const { port1, port2 } = new MessageChannel()
    this.#worker = worker
    this.#sources = sources
    this.peer = new MessagePeer(port1, serveSources(sources))
    worker.addEventListener('error', (event) => {
      // Told here; the console needs not tell it again.
      event.preventDefault()
      this.#stop(lostError(event.message ?? 'its script could not be loaded'))
    })
    worker.postMessage(undefined, [port2])
  }

  /**
   * Starts a worker and waits until it answers.
   *
   * @param sources - what it may read of this thread
   * @throws whatever keeps it from that
   */
  static async start(sources: readonly ByteSource[], options: StartOptions): Promise<WorkerThread> {
    const { signal, startWorker = startOwnWorker } = options
    signal?.throwIfAborted()
    const thread = new WorkerThread(startWorker(), sources)
    try {
      const version = await thread.peer.call('start', undefined, { signal })
      if (version === VERSION) return thread
      throw new UnsupportedError(`the worker's script is of version ${version}, the library of ${VERSION}`)
    } catch (error) {
      thread.#stop(error)
      throw error
    }
  }

  /** Ends the worker and closes the sources. Safe to call twice. */
  async end(): Promise<void> {
    const details = { operation: 'read', location: 'worker', kind: 'closed' } as const
    this.#stop(new StorageError('the archive was closed', details))
    await Promise.all(this.#sources.map((source) => source.close()))
  }

  #stop(reason: unknown): void {
    this.peer.end(reason)
    this.#worker.terminate()
  }
}

/** In this form, word for word, bundlers find the script and bundle it. */
function startOwnWorker(): Worker {
  if (typeof Worker !== 'function') throw new UnsupportedError('there are no workers here')
  return new Worker(new URL('./archive-worker.js', import.meta.url), { type: 'module', name: 'isptar' })
}
