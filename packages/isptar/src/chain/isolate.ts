/** Copies the catalogue out of an archive: its tail alone, which lists it and serves as a base, without its data. */
import { UnsupportedError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import { tailContentOffset } from '../read/read-tail.ts'
import { findTailHeader } from '../read/tail-header.ts'

/**
 * Writes the isolated catalogue of an archive: the last bytes of the archive as they are, from the tar header of the tail
 * on (SPEC 2.4), so that it is a small tar.gz itself. It has the archive's identity. Costs a read of the tail.
 *
 * @param archive - of either format, in one piece or in slices; or a catalogue
 * @param target - takes the catalogue; nothing is left there when it fails
 * @returns its length in bytes
 * @throws UnsupportedError for a part of a merged archive, which has no tail of its own; what source and target throw
 */
export async function isolateCatalogue(archive: Archive, target: Target, options: ReadOptions = {}): Promise<number> {
  if (archive.partName !== undefined)
    throw new UnsupportedError(
      `part ${JSON.stringify(archive.partName)} of ${archive.name} has no catalogue of its own: split the archive first`,
    )
  const { tail, tailSource } = archive
  const { bytes, sizeBytes } = tailSource
  const tailOffset = tailContentOffset(tail)
  try {
    const header = await findTailHeader(bytes, tailOffset, archive.dataContext.codec, options)
    if (header.length > 0) await target.write(header)
    for await (const chunk of bytes.stream(tailOffset, sizeBytes - tailOffset, options)) {
      options.signal?.throwIfAborted()
      await target.write(chunk)
    }
    options.signal?.throwIfAborted()
    await target.commit()
    return header.length + sizeBytes - tailOffset
  } catch (error) {
    await target.abort()
    throw error
  }
}
