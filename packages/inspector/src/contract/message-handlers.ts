/** How what cannot be cloned goes between the page and the engine: callbacks, signals, streams and trouble. */
import { expose, type Remote, transfer, transferHandlers, wrap } from 'comlink'
import { type Trouble, TroubleError } from './trouble.ts'

/** Prepares this thread; both sides need it before their first call. */
export function installMessageHandlers(describe: (error: unknown) => Trouble): void {
  transferHandlers.set('callback', {
    canHandle: (value): value is (...args: unknown[]) => unknown => typeof value === 'function',
    serialize: (callback) => portOf((port) => expose(callback, port)),
    deserialize: (port: MessagePort) => wrap<(...args: unknown[]) => unknown>(started(port)),
  })
  transferHandlers.set('signal', {
    canHandle: (value): value is AbortSignal => value instanceof AbortSignal,
    serialize: sendSignal,
    deserialize: receiveSignal,
  })
  transferHandlers.set('stream', {
    canHandle: (value): value is WritableStream<Uint8Array> => value instanceof WritableStream,
    serialize: (stream: WritableStream<Uint8Array>) => portOf((port) => expose(new StreamEnd(stream), port)),
    deserialize: (port: MessagePort) => streamTo(wrap<StreamEnd>(started(port))),
  })
  transferHandlers.set('throw', {
    canHandle: (value): value is { value: unknown } =>
      typeof value === 'object' && value !== null && !(value instanceof Error) && isThrown(value),
    serialize: ({ value }) => [describe(value), []],
    deserialize: (trouble: Trouble) => {
      throw new TroubleError(trouble)
    },
  })
}

/** Comlink marks what was thrown by a symbol of its own. */
function isThrown(value: object): boolean {
  return Object.getOwnPropertySymbols(value).some(({ description }) => description === 'Comlink.thrown')
}

function portOf(serve: (port: MessagePort) => void): [MessagePort, Transferable[]] {
  const { port1, port2 } = new MessageChannel()
  serve(port1)
  return [port2, [port2]]
}

function started(port: MessagePort): MessagePort {
  port.start()
  return port
}

function sendSignal(signal: AbortSignal): [MessagePort | undefined, Transferable[]] {
  if (signal.aborted) return [undefined, []]
  const { port1, port2 } = new MessageChannel()
  signal.addEventListener('abort', () => port1.postMessage('abort'), { once: true })
  return [port2, [port2]]
}

function receiveSignal(port: MessagePort | undefined): AbortSignal {
  if (port === undefined) return AbortSignal.abort()
  const controller = new AbortController()
  port.onmessage = (): void => {
    controller.abort()
    port.close()
  }
  return controller.signal
}

/** The end of a stream that stays. Streams themselves cannot be transferred everywhere. */
class StreamEnd {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>

  constructor(stream: WritableStream<Uint8Array>) {
    this.#writer = stream.getWriter()
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#writer.write(chunk)
  }

  async close(): Promise<void> {
    await this.#writer.close()
  }

  async abort(): Promise<void> {
    await this.#writer.abort()
  }
}

/** Each write waits for the one before: a slow disk holds up what reads. */
function streamTo(end: Remote<StreamEnd>): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    async write(chunk) {
      // A copy: what is handed over is gone for whoever wrote it.
      const bytes = new Uint8Array(chunk)
      await end.write(transfer(bytes, [bytes.buffer]))
    },
    close: () => end.close(),
    abort: () => end.abort(),
  })
}
