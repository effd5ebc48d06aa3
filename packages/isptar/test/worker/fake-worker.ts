/** A worker without a thread of its own: what is posted is cloned and handed over as between threads. */
import { hostArchive } from '../../src/worker/host-archive.ts'

/** Runs the script's side on this thread. */
export class FakeWorker extends EventTarget implements Worker {
  onmessage = null
  onmessageerror = null
  onerror = null
  isTerminated = false
  readonly #host: (port: MessagePort) => void
  #port: MessagePort | undefined

  /** @param host - answers the page */
  constructor(host: (port: MessagePort) => void = hostArchive) {
    super()
    this.#host = host
  }

  postMessage(_message: unknown, options: Transferable[] | StructuredSerializeOptions = []): void {
    const [port] = Array.isArray(options) ? options : (options.transfer ?? [])
    if (!(port instanceof MessagePort)) throw new TypeError('no port came')
    this.#port = port
    this.#host(port)
  }

  terminate(): void {
    this.isTerminated = true
    this.#port?.close()
  }

  /** Fails as a worker does whose script throws; or, without a message, one whose script cannot be loaded. */
  fail(message?: string): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }))
  }
}
