/** Holds a catalogue against the archive that it is given for, where that one's own end is at hand (SPEC 2.4). */
import { FormatError, isIsptarError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import type { ByteSource, ReadOptions, TailBytes } from '../io/byte-source.ts'
import { withTail } from '../io/with-tail.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import { readTail } from './read-tail.ts'

/** What is compared, and how to read it. */
export interface CatalogueCheck extends ReadOptions {
  /** What the catalogue is called. */
  readonly name: string
  readonly serviceInfo: ServiceInfo
  readonly codec: Codec
}

/**
 * Refuses the catalogue of another archive. An end that is cut off or damaged says nothing: it is what a catalogue stands
 * in for.
 *
 * @param source - the archive
 * @param end - its last bytes
 * @throws FormatError
 */
export async function checkCatalogue(source: ByteSource, end: TailBytes, check: CatalogueCheck): Promise<void> {
  const own = await findServiceInfo(source, end, check)
  if (own === undefined || identify(own) === identify(check.serviceInfo)) return
  throw new FormatError(
    `${check.name} is the catalogue of another archive than ${source.name}, which has its own listing: leave the ` +
      'catalogue out, or give that of this archive',
  )
}

async function findServiceInfo(
  source: ByteSource,
  end: TailBytes,
  { codec, signal }: CatalogueCheck,
): Promise<ServiceInfo | undefined> {
  const notices: string[] = []
  try {
    const { serviceInfo } = await readTail(withTail(source, end), end, { codec, notices, signal })
    return notices.length === 0 ? serviceInfo : undefined
  } catch (error) {
    signal?.throwIfAborted()
    if (isIsptarError(error)) return undefined
    throw error
  }
}

/** Archives of the original do not record their identity. */
function identify(info: ServiceInfo): string {
  return info.get('listing_sha256') ?? `${info.get('listing_size')} ${info.get('listing_real_size')}`
}
