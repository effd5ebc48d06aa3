/** The service info's member: how long it may be, and what to do when its CRC is wrong (SPEC 2.3). */
import { FormatError, isIsptarError, LimitError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import { decodeMember } from '../gzip/decode-member.ts'
import { MAX_SERVICE_INFO_BYTES } from '../limits.ts'
import { decodeServiceInfo, type ServiceInfo } from '../tail/service-info.ts'

/**
 * Gives the length of the member back when it can be that of a service info.
 *
 * @param packedBytes - as the trailer says
 * @param trailerOffset - how many bytes precede the trailer
 * @throws FormatError, LimitError
 */
export function checkServiceInfoSize(packedBytes: number, trailerOffset: number): number {
  if (packedBytes > trailerOffset)
    throw new FormatError(
      `the trailer says the service info has ${packedBytes} bytes, only ${trailerOffset} precede it`,
    )
  if (packedBytes <= MAX_SERVICE_INFO_BYTES) return packedBytes
  const max = MAX_SERVICE_INFO_BYTES
  throw new LimitError(`the trailer says the service info has ${packedBytes} bytes, at most ${max} are read`, {
    limit: 'MAX_SERVICE_INFO_BYTES',
    max,
    actual: packedBytes,
  })
}

/**
 * Decodes the service info. A wrong CRC of it alone is a notice, as the original reads over it too: the listing it
 * leads to is checked by its own.
 *
 * @param packed - the member, exactly
 * @param notices - takes that notice
 * @throws FormatError, IntegrityError, LimitError
 */
export function readServiceInfo(packed: Uint8Array, codec: Codec, notices: string[]): ServiceInfo {
  try {
    return decode(packed, codec, false)
  } catch (error) {
    if (!isIsptarError(error, 'integrity')) throw error
    const info = decode(packed, codec, true)
    notices.push(`service info: ${error.message}`)
    return info
  }
}

function decode(packed: Uint8Array, codec: Codec, ignoreChecksum: boolean): ServiceInfo {
  const { plain, packedBytes } = decodeMember(codec, packed, { maxBytes: MAX_SERVICE_INFO_BYTES, ignoreChecksum })
  if (packedBytes === packed.length) return decodeServiceInfo(plain)
  throw new FormatError(`the service info has ${packed.length} bytes, its member ends after ${packedBytes}`)
}
