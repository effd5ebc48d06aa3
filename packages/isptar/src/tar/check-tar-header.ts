/**
 * Refuses headers that tar cannot say, before a byte is written.
 */
import type { TarHeader } from './tar-header.ts'

const SLASH = 0x2f

/**
 * Checks that a header can be encoded and read back as it is.
 *
 * @throws RangeError naming the field that cannot
 */
export function checkTarHeader(header: TarHeader): void {
  const { pathBytes, linkBytes, type } = header
  if (pathBytes.length === 0) throw new RangeError('a tar entry needs a path')
  if (pathBytes.includes(0)) throw new RangeError('the path of a tar entry cannot hold a NUL byte')
  if (pathBytes.at(-1) === SLASH) throw new RangeError('the path of a tar entry is given without a trailing "/"')
  const isLink = type === 'symlink' || type === 'hardlink'
  if (isLink !== linkBytes.length > 0) throw new RangeError(`a ${type} ${isLink ? 'needs a' : 'has no'} link target`)
  if (linkBytes.includes(0)) throw new RangeError('a link target cannot hold a NUL byte')
  if (`${header.userName}${header.groupName}`.includes('\0')) throw new RangeError('a user name cannot hold NUL')
  if (type !== 'file' && header.sizeBytes !== 0) throw new RangeError(`a ${type} has no data: its size must be 0`)
  checkNumbers(header)
  checkAttributes(header)
}

function checkNumbers(header: TarHeader): void {
  checkCount(header.mode, 'mode', 0o7777)
  checkCount(header.uid, 'uid')
  checkCount(header.gid, 'gid')
  checkCount(header.sizeBytes, 'sizeBytes')
  checkCount(header.mtime.nanoseconds, 'mtime.nanoseconds', 999_999_999)
  if (!Number.isSafeInteger(header.mtime.seconds)) throw new RangeError(`no mtime: ${header.mtime.seconds} seconds`)
  const isDevice = header.type === 'char' || header.type === 'block'
  if (isDevice !== (header.device !== undefined)) {
    throw new RangeError(`a ${header.type} ${isDevice ? 'needs a' : 'has no'} device number`)
  }
  checkCount(header.device?.major ?? 0, 'device.major')
  checkCount(header.device?.minor ?? 0, 'device.minor')
}

function checkCount(value: number, what: string, max: number = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new RangeError(`${what} must be an integer from 0 to ${max}, not ${value}`)
  }
}

function checkAttributes(header: TarHeader): void {
  for (const name of header.xattrs?.keys() ?? []) {
    if (name === '' || name.includes('\0')) throw new RangeError(`no attribute name: ${JSON.stringify(name)}`)
  }
}
