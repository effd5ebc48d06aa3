/** Headers for the tests of tar. */
import type { TarHeader } from '../../src/tar/tar-header.ts'

/** Bytes of a Latin-1 string, so that tests can write any byte. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'))
}

/** A plain header with some fields changed. */
export function header(fields: Partial<TarHeader> = {}): TarHeader {
  return {
    pathBytes: bytes('etc/motd'),
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    userName: '',
    groupName: '',
    mtime: { seconds: 1_000_000_000, nanoseconds: 0 },
    sizeBytes: 0,
    linkBytes: new Uint8Array(),
    ...fields,
  }
}

/** Data padded to whole tar blocks. */
export function padded(data: Uint8Array): Uint8Array {
  const blocks = new Uint8Array(Math.ceil(data.length / 512) * 512)
  blocks.set(data)
  return blocks
}

/** A ustar block by hand, independent of the encoder: fields are written as given, then the checksum. */
export function rawBlock(fields: {
  name?: string
  typeFlag?: string
  size?: string
  uid?: string
  mtime?: string
  link?: string
  magic?: string
  prefix?: string
  more?: readonly (readonly [offset: number, text: string])[]
}): Uint8Array {
  const block = new Uint8Array(512)
  const put = (offset: number, text: string): void => block.set(bytes(text), offset)
  put(0, fields.name ?? 'file')
  put(100, '0000644\0')
  put(108, fields.uid ?? '0000000\0')
  put(116, '0000000\0')
  put(124, fields.size ?? '00000000000\0')
  put(136, fields.mtime ?? '00000001000\0')
  put(148, '        ')
  put(156, fields.typeFlag ?? '0')
  put(157, fields.link ?? '')
  put(257, fields.magic ?? 'ustar\x0000')
  put(345, fields.prefix ?? '')
  for (const [offset, text] of fields.more ?? []) put(offset, text)
  const sum = block.reduce((total, byte) => total + byte, 0)
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  return block
}

/** A meta record by hand: its block and its padded content. */
export function rawMeta(typeFlag: string, content: string): Uint8Array[] {
  const size = `${content.length.toString(8).padStart(11, '0')}\0`
  return [rawBlock({ name: '././@Meta', typeFlag, size }), padded(bytes(content))]
}

/** One pax record by hand, with its length found by trying. */
export function rawPax(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let length = rest.length
  while (`${length}${rest}`.length !== length) length += 1
  return `${length}${rest}`
}
