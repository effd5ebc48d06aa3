/** A worker without a thread of its own: what is posted is cloned and transferred as between threads. */
import { hostArchive } from '../../src/worker/host-archive.ts'

/** Runs the archive's side on this thread. */
export class FakeWorker extends EventTarget implements Worker {
  onmessage = null
  onmessageerror = null
  onerror = null
  isTerminated = false
  readonly #ports: MessagePort[] = []
  readonly #host: (port: MessagePort) => void

  /** @param host - answers the page */
  constructor(host: (port: MessagePort) => void = hostArchive) {
    super()
    this.#host = host
  }

  postMessage(_message: unknown, options: Transferable[] | StructuredSerializeOptions = []): void {
    const [port] = Array.isArray(options) ? options : (options.transfer ?? [])
    if (!(port instanceof MessagePort)) throw new TypeError('no port came')
    this.#ports.push(port)
    this.#host(port)
  }

  terminate(): void {
    this.isTerminated = true
    for (const port of this.#ports) port.close()
  }

  /** Fails as a worker does whose script throws, or cannot be loaded. */
  fail(message?: string): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }))
  }
}
