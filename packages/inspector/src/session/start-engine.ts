/** Starts the engine in a worker of its own. */
import { wrap } from 'comlink'
import EngineWorker from '../engine/engine-worker.ts?worker&inline'
import type { EngineCalls } from '../contract/engine-calls.ts'
import { installMessageHandlers } from '../contract/message-handlers.ts'
import { TroubleError } from '../contract/trouble.ts'

/** A running engine. */
export interface StartedEngine {
  readonly calls: EngineCalls
  /** Ends the worker. */
  end(): void
}

installMessageHandlers((error) => ({ kind: 'other', title: 'The page failed', detail: String(error), advice: '' }))

/**
 * Starts it. Its script is part of this one, so that it needs no address of its own.
 *
 * @param onLost - told when the worker cannot be started or dies
 */
export function startEngine(onLost: (trouble: TroubleError) => void): StartedEngine {
  const worker = new EngineWorker()
  worker.addEventListener('error', (event) => {
    onLost(
      new TroubleError({
        kind: 'other',
        title: 'The worker that reads archives is lost',
        detail: event.message ?? '',
        advice: 'Reload the page. A page with a policy of its own must allow workers: worker-src blob:',
      }),
    )
  })
  // Calls go along property paths, which the types of the wrapper do not follow.
  const calls = wrap(worker) as unknown as EngineCalls
  return { calls, end: () => worker.terminate() }
}
