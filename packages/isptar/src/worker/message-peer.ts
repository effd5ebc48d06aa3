/**
 * Calls between two threads over a port, in both directions. A call gives any number of pieces and then a result, and no more
 * pieces than the caller has room for. It can be aborted, and what it throws arrives as the error that it was.
 */
import { StorageError } from '../errors.ts'
import { decodeError, encodeError, type WireError } from './wire-error.ts'

/** Pieces that may be under way before the caller has taken the first of them. */
const PIECES_AHEAD = 4

/** What one side can be asked: for each call its arguments, pieces and result, all of which can be cloned. */
export type CallMap = Readonly<
  Record<string, { readonly args: unknown; readonly piece: unknown; readonly result: unknown }>
>

/** A value on its way, with the buffers that go along rather than being copied. */
export interface Parcel<T> {
  readonly value: T
  readonly transfer?: Transferable[] | undefined
}

/** What serving a call is given. */
export interface ServedCall<Piece> {
  /** Aborted when the caller has given up. */
  readonly signal: AbortSignal
  /** Sends a piece; resolves when there is room for the next. */
  readonly send: (piece: Parcel<Piece>) => Promise<void>
  /** Sends a piece if there is room for it now. */
  readonly offer: (piece: Piece) => void
}

/** How the calls of a side are served. */
export type Handlers<Calls extends CallMap> = {
  readonly [M in keyof Calls]: (
    args: Calls[M]['args'],
    call: ServedCall<Calls[M]['piece']>,
  ) => Promise<Parcel<Calls[M]['result']>>
}

/** How to make a call. */
export interface CallOptions {
  signal?: AbortSignal | undefined
  transfer?: Transferable[] | undefined
}

/**
 * What arrives. `never` stands for what only the call itself knows the type of; both sides are of the same version, so
 * that nobody checks it.
 */
type Message =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly args: never }
  | { readonly type: 'more' | 'abort'; readonly id: number }
  | Answer

type Answer =
  | { readonly type: 'piece'; readonly id: number; readonly value: never }
  | { readonly type: 'done'; readonly id: number; readonly value: never }
  | { readonly type: 'failed'; readonly id: number; readonly error: WireError }

/** Makes the error of calls that nobody will answer. */
export function lostError(why: string): StorageError {
  return new StorageError(`the thread that has the archive is lost: ${why}; open the archive anew`, {
    operation: 'read',
    location: 'worker',
    kind: 'closed',
  })
}

/** One end of a port. */
export class MessagePeer<Own extends CallMap, Other extends CallMap> {
  readonly #port: MessagePort
  readonly #handlers: Handlers<Own>
  readonly #asked = new Map<number, (answer: Answer | 'over') => void>()
  readonly #served = new Map<number, Serving>()
  #lastId = 0
  #failure: { readonly reason: unknown } | undefined

  /** @param handlers - answer what the other side asks */
  constructor(port: MessagePort, handlers: Handlers<Own>) {
    this.#port = port
    this.#handlers = handlers
    port.onmessage = (event): void => this.#receive(event.data)
    // For want of memory, for one.
    port.onmessageerror = (): void => this.end(lostError('a message could not be read'))
  }

  /**
   * Makes a call and gives its result.
   *
   * @param onPiece - is given its pieces; what it throws ends the call
   * @throws what serving it threw; `signal.reason`, at once; the reason of {@link end}
   */
  async call<M extends keyof Other & string>(
    method: M,
    args: Other[M]['args'],
    options: CallOptions = {},
    onPiece?: (piece: Other[M]['piece']) => void,
  ): Promise<Other[M]['result']> {
    const pieces = this.iterate(method, args, options)
    for (;;) {
      const { done, value } = await pieces.next()
      if (done) return value
      try {
        onPiece?.(value)
      } catch (error) {
        await pieces.throw(error)
      }
    }
  }

  /** Makes a call and gives its pieces; returns its result. Ending the iteration early aborts the call. */
  async *iterate<M extends keyof Other & string>(
    method: M,
    args: Other[M]['args'],
    { signal, transfer = [] }: CallOptions = {},
  ): AsyncGenerator<Other[M]['piece'], Other[M]['result'], undefined> {
    signal?.throwIfAborted()
    this.#throwIfEnded()
    this.#lastId += 1
    const id = this.#lastId
    const answers: Answer[] = []
    let wake = (): void => undefined
    const rouse = (): void => wake()
    this.#asked.set(id, (answer) => {
      if (answer !== 'over') answers.push(answer)
      wake()
    })
    signal?.addEventListener('abort', rouse)
    let isOpen = true
    try {
      this.#port.postMessage({ type: 'call', id, method, args }, transfer)
      for (;;) {
        const answer = answers.shift()
        signal?.throwIfAborted()
        if (answer === undefined) {
          this.#throwIfEnded()
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        if (answer.type === 'piece') {
          yield answer.value
          this.#post({ type: 'more', id })
          continue
        }
        isOpen = false
        if (answer.type === 'done') return answer.value
        throw decodeError(answer.error)
      }
    } finally {
      signal?.removeEventListener('abort', rouse)
      this.#asked.delete(id)
      if (isOpen) this.#post({ type: 'abort', id })
    }
  }

  /** Ends all calls, both ways, and closes the port; later calls throw the reason, too. Safe to call twice. */
  end(reason: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = { reason }
    for (const tell of this.#asked.values()) tell('over')
    for (const served of this.#served.values()) served.abort(reason)
    this.#port.close()
  }

  #throwIfEnded(): void {
    if (this.#failure !== undefined) throw this.#failure.reason
  }

  #receive(message: Message): void {
    switch (message.type) {
      case 'call':
        void this.#serve(message.id, message.method, message.args)
        break
      case 'more':
        this.#served.get(message.id)?.more()
        break
      case 'abort':
        this.#served.get(message.id)?.abort(new DOMException('the caller has left', 'AbortError'))
        break
      default:
        this.#asked.get(message.id)?.(message)
    }
  }

  async #serve(id: number, method: string, args: never): Promise<void> {
    const serving = new Serving((value, transfer) => this.#post({ type: 'piece', id, value }, transfer))
    this.#served.set(id, serving)
    try {
      const handler = this.#handlers[method]
      if (handler === undefined) throw new TypeError(`there is no call ${method}`)
      const { value, transfer } = await handler(args, serving)
      this.#post({ type: 'done', id, value }, transfer)
    } catch (error) {
      this.#post({ type: 'failed', id, error: encodeError(error) })
    } finally {
      this.#served.delete(id)
    }
  }

  #post(message: unknown, transfer: Transferable[] = []): void {
    if (this.#failure === undefined) this.#port.postMessage(message, transfer)
  }
}

/** A call that is being served. */
class Serving implements ServedCall<unknown> {
  readonly #abort = new AbortController()
  readonly #post: (piece: unknown, transfer: Transferable[] | undefined) => void
  #room: number = PIECES_AHEAD
  #wake: () => void = () => undefined

  constructor(post: (piece: unknown, transfer: Transferable[] | undefined) => void) {
    this.#post = post
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  readonly send = async ({ value, transfer }: Parcel<unknown>): Promise<void> => {
    this.signal.throwIfAborted()
    this.#room -= 1
    this.#post(value, transfer)
    while (this.#room <= 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.signal.throwIfAborted()
    }
  }

  readonly offer = (piece: unknown): void => {
    if (this.#room <= 0) return
    this.#room -= 1
    this.#post(piece, undefined)
  }

  more(): void {
    this.#room += 1
    this.#wake()
  }

  abort(reason: unknown): void {
    this.#abort.abort(reason)
    this.#wake()
  }
}
