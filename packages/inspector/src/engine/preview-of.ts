/** Makes of a window of data what is shown of it. */
import type { Archive, Entry } from 'isptar'
import { type Preview, PREVIEW_BYTES, type PreviewKind, type PreviewOptions } from '../contract/entry-calls.ts'
import { decodeWindow } from './decode-window.ts'
import { guessEncoding, someEncoding } from './guess-encoding.ts'
import { imageSizeOf } from './image-size.ts'
import { imageTypeOf, isGzip } from './image-type.ts'
import { prettyJson } from './pretty-json.ts'
import { isSeekable } from './seek-chunks.ts'
import { costOf, type DataWindow, packedBytesOf, readWindow } from './read-window.ts'

/** Larger images are not shown: decoded they are many times as large. */
const MAX_IMAGE_BYTES = 32 * 1024 * 1024
/** Of an image, which takes four bytes a pixel in memory. */
const MAX_PIXELS = 100_000_000
/** What is read without being asked for, in bytes of the archive. */
const UNASKED_BYTES = 8 * 1024 * 1024

const NO_BYTES = new Uint8Array(0)

/** What a file seems to be. */
interface Guess {
  readonly imageType: string | undefined
  /** Why what seems to be an image is not shown as one. */
  readonly whyNoImage: string | undefined
  readonly encoding: string | undefined
  readonly json: string | undefined
  readonly choices: readonly PreviewKind[]
}

/** Gives a preview without data. */
export function nothingToSee(note: string, sizeBytes = 0): Preview {
  return {
    kind: 'nothing',
    choices: ['nothing'],
    start: 0,
    end: 0,
    sizeBytes,
    isChecked: true,
    bytes: NO_BYTES,
    text: undefined,
    encoding: undefined,
    carry: NO_BYTES,
    imageType: undefined,
    note,
    unreadBytes: undefined,
    previousCostBytes: undefined,
    nextCostBytes: undefined,
    isSeekable: false,
  }
}

/**
 * Gives a window of a file that is not empty.
 *
 * @throws errors of reading
 */
export async function previewOf(
  archive: Archive,
  file: Entry,
  options: PreviewOptions,
  signal: AbortSignal,
): Promise<Preview> {
  const data = await readWindow(archive, file, options.start, { signal, ignoreChecksum: options.isUnchecked })
  const guess = guessOf(data, file, options.encoding)
  const kind = kindOf(guess, options.as)
  const { start, end, bytes, isChecked } = data
  const whole: Preview = {
    ...nothingToSee('', file.sizeBytes),
    kind,
    choices: guess.choices,
    start,
    end,
    bytes,
    isChecked,
    note:
      guess.whyNoImage ?? (options.as !== 'auto' && kind !== options.as ? 'It cannot be shown as that.' : undefined),
    previousCostBytes: start > 0 ? costOf(archive, file, Math.max(start - PREVIEW_BYTES, 0)) : undefined,
    nextCostBytes: costOf(archive, file, start + PREVIEW_BYTES),
    lastCostBytes: costOf(archive, file, file.sizeBytes - 1),
    isSeekable: isSeekable(archive, file),
  }
  if (kind === 'image') return withImage(whole, guess.imageType, archive, file, options, signal)
  if (kind === 'archive') return { ...withoutData(whole), unreadBytes: largeCost(archive, file, options) }
  if (kind === 'json') return { ...whole, text: guess.json, encoding: guess.encoding }
  return kind === 'text' ? withText(whole, options, guess.encoding) : whole
}

function guessOf(data: DataWindow, file: Entry, given: string | undefined): Guess {
  const { bytes, start, end } = data
  const isBeginning = start === 0
  const seemingType = isBeginning ? imageTypeOf(bytes) : undefined
  const whyNoImage = seemingType && reasonAgainst(bytes, file)
  const imageType = whyNoImage === undefined ? seemingType : undefined
  const isArchive = isBeginning && isGzip(bytes)
  const encoding = given ?? (seemingType !== undefined || isArchive ? undefined : guessEncoding(bytes))
  const isWhole = isBeginning && end === file.sizeBytes
  const json = isWhole && encoding !== undefined ? prettyJson(new TextDecoder(encoding).decode(bytes)) : undefined
  const choices: PreviewKind[] = ['text', 'hex']
  if (json !== undefined) choices.unshift('json')
  if (imageType !== undefined) choices.unshift('image')
  if (isArchive) choices.unshift('archive')
  return { imageType, whyNoImage, encoding, json, choices }
}

function reasonAgainst(bytes: Uint8Array, { sizeBytes }: Entry): string | undefined {
  if (sizeBytes > MAX_IMAGE_BYTES) return 'An image of more than 32 MiB is not shown as one: save it to look at it.'
  const { width, height } = imageSizeOf(bytes) ?? { width: 0, height: 0 }
  if (width * height <= MAX_PIXELS) return undefined
  return `An image of ${width} × ${height} pixels takes too much memory to be shown: save it to look at it.`
}

function kindOf({ imageType, encoding, json, choices }: Guess, as: PreviewKind | 'auto'): PreviewKind {
  if (as !== 'auto' && choices.includes(as)) return as
  if (imageType !== undefined) return 'image'
  if (choices.includes('archive')) return 'archive'
  if (json !== undefined) return 'json'
  return encoding === undefined ? 'hex' : 'text'
}

function withText(preview: Preview, { encoding, carry }: PreviewOptions, guess: string | undefined): Preview {
  const { bytes, end, sizeBytes } = preview
  const chosen = encoding ?? guess ?? someEncoding(bytes)
  const decoded = decodeWindow(bytes, chosen, carry ?? NO_BYTES, end === sizeBytes)
  return { ...preview, ...decoded, encoding: chosen }
}

async function withImage(
  preview: Preview,
  imageType: string | undefined,
  archive: Archive,
  file: Entry,
  options: PreviewOptions,
  signal: AbortSignal,
): Promise<Preview> {
  const unreadBytes = largeCost(archive, file, options)
  const image = { ...preview, end: file.sizeBytes, imageType, previousCostBytes: undefined, nextCostBytes: undefined }
  if (unreadBytes !== undefined) return { ...image, bytes: NO_BYTES, unreadBytes }
  if (preview.bytes.length === file.sizeBytes) return image
  const ignoreChecksum = options.isUnchecked
  return { ...image, bytes: await archive.bytes(file, { signal, ignoreChecksum }), isChecked: !ignoreChecksum }
}

function withoutData(preview: Preview): Preview {
  return { ...preview, bytes: NO_BYTES, previousCostBytes: undefined, nextCostBytes: undefined }
}

function largeCost(archive: Archive, file: Entry, { as }: PreviewOptions): number | undefined {
  if (as !== 'auto' || file.sizeBytes <= PREVIEW_BYTES) return undefined
  const cost = packedBytesOf(file)
  const isCheap = costOf(archive, file, 0) === 0 && file.sizeBytes <= UNASKED_BYTES
  return cost > UNASKED_BYTES && !isCheap ? cost : undefined
}
