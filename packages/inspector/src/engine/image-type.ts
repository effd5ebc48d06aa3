/** Tells raster images by their first bytes, whatever their names are. */

/**
 * Gives the content type of an image that a page may show: none that holds scripts or refers to anything.
 *
 * @param bytes - the beginning of a file, 32 bytes or all of it
 */
export function imageTypeOf(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 32))
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(head)) return 'image/gif'
  if (/^RIFF[^]{4}WEBP/.test(head)) return 'image/webp'
  if (/^[^]{4}ftypavi[fs]/.test(head)) return 'image/avif'
  // Behind the two letters stand the size, which is not looked at, four zeros, and the length of a known header.
  if (/^BM[^]{4}\0{4}[^]{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0{3}/.test(head)) return 'image/bmp'
  if (/^\0\0\x01\0[\x01-\x40]\0[^]{3}\0/.test(head)) return 'image/x-icon'
  return undefined
}

/** Tells whether bytes are the beginning of a gzip member. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8
}
