/** How large an image says that it is, before anything decodes it: few bytes can be a picture of gigabytes. */

/** In pixels. */
export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** Of a marker that begins a frame: behind it stand length, depth, height and width. */
const JPEG_FRAMES = /^[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]$/

/**
 * Gives the size; undefined where the beginning does not say it, as of AVIF, which browsers bound themselves.
 *
 * @param bytes - the beginning of an image
 */
export function imageSizeOf(bytes: Uint8Array): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    switch (bytes[0]) {
      case 0x89:
        return { width: view.getUint32(16), height: view.getUint32(20) }
      case 0x47:
        return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
      case 0x42:
        return sizeOfBmp(view)
      case 0x52:
        return sizeOfWebp(view)
      case 0xff:
        return sizeOfJpeg(view)
      default:
        return undefined
    }
  } catch (error) {
    // Cut: then there is no picture either.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The oldest header has 16-bit numbers; a negative height counts from the top. */
function sizeOfBmp(view: DataView): ImageSize {
  if (view.getUint32(14, true) === 12) return { width: view.getUint16(18, true), height: view.getUint16(20, true) }
  return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) }
}

/** Extended, lossless, or lossy. */
function sizeOfWebp(view: DataView): ImageSize {
  const kind = view.getUint8(15)
  if (kind === 0x58) return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) }
  if (kind !== 0x4c) return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  const bits = view.getUint32(21, true)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

function uint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16)
}

/** Goes from marker to marker, each with its length, up to the first frame. */
function sizeOfJpeg(view: DataView): ImageSize | undefined {
  for (let offset = 2; view.getUint8(offset) === 0xff; offset += 2 + view.getUint16(offset + 2)) {
    while (view.getUint8(offset + 1) === 0xff) offset += 1
    if (JPEG_FRAMES.test(String.fromCharCode(view.getUint8(offset + 1))))
      return { width: view.getUint16(offset + 7), height: view.getUint16(offset + 5) }
  }
  return undefined
}
