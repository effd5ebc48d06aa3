/** Tells of what fails in a source. */
import type { ByteSource } from 'isptar'

/**
 * Wraps a source. Closing it closes the source.
 *
 * @param onFailure - told what was thrown; that is thrown on
 */
export function withFailures(source: ByteSource, onFailure: (error: unknown) => void): ByteSource {
  const tell = (error: unknown): never => {
    onFailure(error)
    throw error
  }
  return {
    name: source.name,
    sliceNames: source.sliceNames,
    locate: source.locate?.bind(source),
    readTail: (lengthBytes, options) => source.readTail(lengthBytes, options).catch(tell),
    read: (offset, lengthBytes, options) => source.read(offset, lengthBytes, options).catch(tell),
    async *stream(offset, lengthBytes, options) {
      try {
        yield* source.stream(offset, lengthBytes, options)
      } catch (error) {
        tell(error)
      }
    },
    close: () => source.close(),
  }
}
