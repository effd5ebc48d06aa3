/** A stream into something that stays with whoever made it: it can be given up also while the stream is locked. */
import { TroubleError } from '../contract/trouble.ts'

/** What takes data. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void>
  close(): Promise<void>
  abort(): Promise<void>
}

/**
 * Makes the stream.
 *
 * @param onFailure - told, in words, what the sink failed with
 */
export function streamInto(sink: Sink, onFailure: (trouble: TroubleError) => void): WritableStream<Uint8Array> {
  const orTell = async (step: Promise<void>): Promise<void> => {
    try {
      await step
    } catch (error) {
      const trouble = writeTrouble(error)
      onFailure(trouble)
      throw trouble
    }
  }
  return new WritableStream<Uint8Array>({
    write: (chunk) => orTell(sink.write(chunk)),
    close: () => orTell(sink.close()),
    abort: () => sink.abort(),
  })
}

/** Says why a file cannot be written. */
export function writeTrouble(error: unknown): TroubleError {
  if (error instanceof TroubleError) return error
  const name = error instanceof DOMException ? error.name : ''
  const detail = String(error)
  if (name === 'QuotaExceededError')
    return new TroubleError({
      kind: 'limit',
      title: 'There is not enough room to save this',
      detail,
      advice: 'Free some room on the disk, or save to another one.',
    })
  return new TroubleError({
    kind: 'other',
    title: 'The file cannot be written',
    detail,
    advice:
      name === 'NotAllowedError' || name === 'NoModificationAllowedError'
        ? 'Allow it when the browser asks, or save under another name or in another folder.'
        : 'Save under another name, or in another folder.',
  })
}
