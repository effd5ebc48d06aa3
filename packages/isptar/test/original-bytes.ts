/** Members and slices as the original C++ program takes them: the lowest floor of `original-reader.ts`. */
import { crc32, inflateRawSync } from 'node:zlib'

/** An archive: one file, or its slices first to last. */
export type OriginalFile = Uint8Array | readonly Uint8Array[]

/** One gzip member, unfolded. */
export interface OriginalMember {
  readonly offset: number
  readonly packedBytes: number
  readonly plain: Buffer
}

/** Throws unless a condition holds that the original needs, or this library's discipline. */
export function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the original demands: ${what}`)
}

/** Slices joined, with a place for each offset word. */
export class OriginalSlices {
  readonly bytes: Buffer
  /** Where each slice begins. */
  readonly starts: readonly number[]

  constructor(file: OriginalFile) {
    const slices = file instanceof Uint8Array ? [file] : file
    const buffers = slices.map((slice) => Buffer.from(slice.buffer, slice.byteOffset, slice.length))
    const [only = Buffer.alloc(0)] = buffers
    this.bytes = buffers.length === 1 ? only : Buffer.concat(buffers)
    this.starts = buffers.map((_, i) => buffers.slice(0, i).reduce((sum, { length }) => sum + length, 0))
  }

  /** Where the last slice begins. */
  get lastStart(): number {
    return this.starts.at(-1) ?? 0
  }

  /** It opens the slice and seeks there: a place must lie in the slice that it names. */
  place(slice: number, offset: number): number {
    const start = this.starts[slice - 1]
    demand(start !== undefined, `slice ${slice} among ${this.starts.length}`)
    const end = this.starts[slice] ?? this.bytes.length
    demand(start + offset < end, `offset ${offset} inside slice ${slice} of ${end - start} bytes`)
    return start + offset
  }

  /** Unfolds the member at a place; it may run on into the slices that follow. */
  memberAt(offset: number): OriginalMember {
    const { bytes } = this
    const head = bytes.subarray(offset, offset + 10)
    demand(/^1f8b080000000000(00|02|04)03$/.test(head.toString('hex')), `a plain gzip header at ${offset}`)
    const result: unknown = inflateRawSync(bytes.subarray(offset + 10), { info: true })
    const { buffer: plain, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } }
    const end = offset + 10 + engine.bytesWritten
    demand(bytes.readUInt32LE(end) === crc32(plain), `the CRC of the member at ${offset}`)
    demand(bytes.readUInt32LE(end + 4) === plain.length, `the length of the member at ${offset}`)
    return { offset, packedBytes: end + 8 - offset, plain }
  }

  /** Every member, first to last. */
  members(): OriginalMember[] {
    const members: OriginalMember[] = []
    for (let offset = 0; offset < this.bytes.length; ) {
      const member = this.memberAt(offset)
      members.push(member)
      offset += member.packedBytes
    }
    return members
  }
}
