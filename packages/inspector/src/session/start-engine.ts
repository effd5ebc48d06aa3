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
 * @param onLost - told when the worker's script may not run, or it dies
 * @throws TroubleError where no worker can be made
 */
export function startEngine(onLost: (trouble: TroubleError) => void): StartedEngine {
  const worker = newWorker()
  worker.addEventListener('error', (event) => {
    worker.terminate()
    // What is told when its script may not be loaded has no message.
    onLost(lost(event.message ?? ''))
  })
  // Calls go along property paths, which the types of the wrapper do not follow.
  const calls = wrap(worker) as unknown as EngineCalls
  return { calls, end: () => worker.terminate() }
}

function newWorker(): Worker {
  try {
    return new EngineWorker()
  } catch (error) {
    throw lost(String(error))
  }
}

function lost(detail: string): TroubleError {
  return new TroubleError({
    kind: 'worker',
    title: 'The worker that reads archives could not be started, or has ended',
    detail,
    advice: 'Open the archive again. A page with a policy of its own must allow workers: worker-src blob:',
  })
}
