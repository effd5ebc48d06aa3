/** Two sides in one process: pipes that hold next to nothing, offered entries of made-up trees, captures of the original. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Entry, type EntryInput, openArchive, MemorySource } from '../../src/index.ts'
import type { OfferedEntry, PipeProblem } from '../../src/pipe/offered-entry.ts'
import type { PipeStreams } from '../../src/pipe/pipe-streams.ts'
import type { TarHeader } from '../../src/tar/tar-header.ts'
import { toTarHeader } from '../../src/write/entry-input.ts'

/** Gives the bytes of a file of the captures. */
export function capture(name: string): Uint8Array {
  const path = fileURLToPath(new URL(`../../../../fixtures/original/pipe/${name}`, import.meta.url))
  return new Uint8Array(readFileSync(path))
}

/** One direction: what is written is read in pieces of at most `pieceBytes`; one piece is held. */
export interface PipeDirection {
  /** After so many bytes the direction is cut: its reader sees an end, its writer a failure. */
  cutAt?: number
  pieceBytes?: number
  /** All that came through. */
  readonly log?: Uint8Array[]
}

export function oneWay(direction: PipeDirection = {}): TransformStream<Uint8Array, Uint8Array> {
  const { cutAt = Number.POSITIVE_INFINITY, pieceBytes = Number.POSITIVE_INFINITY, log } = direction
  let passed = 0
  return new TransformStream<Uint8Array, Uint8Array>(
    {
      transform: (chunk, controller) => {
        const kept = chunk.slice(0, Math.max(0, cutAt - passed))
        passed += kept.length
        log?.push(kept)
        for (let from = 0; from < kept.length; from += pieceBytes)
          controller.enqueue(kept.slice(from, from + pieceBytes))
        if (passed >= cutAt) controller.terminate()
      },
    },
    { highWaterMark: 1 },
    { highWaterMark: 0 },
  )
}

/** Connects two sides. */
export function connect(
  toServer: PipeDirection = {},
  toClient: PipeDirection = {},
): { client: PipeStreams; server: PipeStreams } {
  const [up, down] = [oneWay(toServer), oneWay(toClient)]
  return {
    client: { readable: down.readable, writable: up.writable },
    server: { readable: up.readable, writable: down.writable },
  }
}

/** A side that says what it is told to, whatever it hears; what it heard is kept. */
export function parrot(words: Uint8Array): { streams: PipeStreams; heard: Uint8Array[] } {
  const heard: Uint8Array[] = []
  return {
    heard,
    streams: {
      readable: new Blob([words as Uint8Array<ArrayBuffer>]).stream(),
      writable: new WritableStream<Uint8Array>({ write: (chunk) => void heard.push(chunk.slice()) }),
    },
  }
}

/** What an offered entry is made of. */
export type Sample = EntryInput & {
  data?: Uint8Array
  /** Data as it is found when it is opened, if that differs. */
  later?: Uint8Array
  unreadable?: boolean
  trouble?: string
  hasLinks?: boolean
}

/** A source of entries that counts what is open. */
export class SampleTree {
  open = 0
  mostOpen = 0
  opened = 0
  readonly #samples: readonly Sample[]

  constructor(samples: readonly Sample[]) {
    this.#samples = samples
  }

  readonly offer = (tell: { problem(problem: PipeProblem): void }): AsyncIterable<OfferedEntry> => this.#offer(tell)

  async *#offer(tell: { problem(problem: PipeProblem): void }): AsyncGenerator<OfferedEntry, void, undefined> {
    for (const sample of this.#samples) {
      const { data = new Uint8Array(0) } = sample
      const header = toTarHeader({ mtime: { seconds: 0, nanoseconds: 0 }, ...sample, sizeBytes: data.length }, ZERO)
      yield { header, hasLinks: sample.hasLinks ?? false, open: () => this.#openData(sample, header, tell) }
    }
  }

  #openData(
    sample: Sample,
    header: TarHeader,
    tell: { problem(problem: PipeProblem): void },
  ): ReturnType<OfferedEntry['open']> {
    const path = String(sample.path)
    this.opened += 1
    if (sample.unreadable) {
      tell.problem({ path, kind: 'unreadable', message: 'permission denied' })
      return undefined
    }
    const bytes = sample.later ?? sample.data ?? new Uint8Array(0)
    this.open += 1
    this.mostOpen = Math.max(this.mostOpen, this.open)
    let isOpen = true
    return {
      header: { ...header, sizeBytes: sample.trouble === undefined ? bytes.length : header.sizeBytes },
      chunks: pieces(bytes),
      trouble: () => (sample.trouble === undefined ? undefined : { path, kind: 'changed', message: sample.trouble }),
      close: () => {
        if (isOpen) this.open -= 1
        isOpen = false
      },
    }
  }
}

const ZERO = { seconds: 0, nanoseconds: 0 }

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let from = 0; from < bytes.length; from += 512 * 1024) yield bytes.subarray(from, from + 512 * 1024)
}

/** What an archive holds, for comparisons. */
export async function contentOf(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  await using archive = await openArchive(new MemorySource(bytes))
  const found: Record<string, unknown>[] = []
  for await (const entry of archive.entries()) found.push(await describe(entry))
  const { problems } = await archive.verify()
  if (problems.length > 0) throw new Error(`the archive is not sound: ${JSON.stringify(problems)}`)
  return found
}

async function describe(entry: Entry): Promise<Record<string, unknown>> {
  const { path, type, mode, uid, gid, userName, groupName, mtime, sizeBytes, linkTarget, device, dirty } = entry
  const data = type === 'file' && sizeBytes > 0 ? Buffer.from(await entry.bytes()).toString('latin1') : ''
  const xattrs = [...entry.xattrs].map(([name, value]) => [name, Buffer.from(value).toString('latin1')])
  const owner = [uid, gid, userName, groupName]
  return { path, type, mode, owner, mtime, sizeBytes, linkTarget, device, dirty, data, xattrs }
}
