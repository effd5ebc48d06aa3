/** Messages of words and counts: JSON, which also carries the lone surrogates that stand for bytes. */
import { decodeText, encodeText } from '../bytes/text.ts'
import { KiB } from '../limits.ts'
import { TOP_FOLDER } from '../write/archive-info.ts'
import { encodeFrame, FRAME } from './frames.ts'
import type { PipeProblem } from './offered-entry.ts'

/** Escaped, each text stays below the bound of its message. */
const MAX_TEXT = 16 * KiB

/** What the server says once the archive is whole. */
export interface FinishedMessage {
  /** Entries of the archive. */
  readonly entryCount: number
  /** Length of the archive in bytes. */
  readonly sizeBytes: number
  /** Problems on either side. */
  readonly problemCount: number
}

export function encodeProblem({ path, kind, message }: PipeProblem): Uint8Array {
  const shown = { path: path.slice(0, MAX_TEXT), kind, message: message.slice(0, MAX_TEXT) }
  return encodeFrame(FRAME.problem, encodeJson(shown))
}

export function encodeNotice(message: string): Uint8Array {
  return encodeFrame(FRAME.notice, encodeJson({ message: message.slice(0, MAX_TEXT) }))
}

export function encodeError(error: unknown): Uint8Array {
  const message = error instanceof Error ? error.message : String(error)
  return encodeFrame(FRAME.error, encodeJson({ message: message.slice(0, MAX_TEXT) }))
}

export function encodeFinished(finished: FinishedMessage): Uint8Array {
  return encodeFrame(FRAME.finished, encodeJson(finished))
}

export function encodeTopFolder(): Uint8Array {
  return encodeFrame(FRAME.tree, encodeJson(Object.fromEntries(TOP_FOLDER)))
}

/** Whether a message of what is sent says that it is the content of one folder. */
export function decodesTopFolder(content: Uint8Array): boolean {
  const fields = decodeJson(content)
  return [...TOP_FOLDER].every(([key, value]) => fields.get(key) === value)
}

export function decodeProblem(content: Uint8Array): PipeProblem {
  const fields = decodeJson(content)
  return { path: textOf(fields, 'path'), kind: textOf(fields, 'kind'), message: textOf(fields, 'message') }
}

/** Decodes a notice or an error. */
export function decodeMessage(content: Uint8Array): string {
  return textOf(decodeJson(content), 'message')
}

export function decodeFinished(content: Uint8Array): FinishedMessage {
  const fields = decodeJson(content)
  return {
    entryCount: countOf(fields, 'entryCount'),
    sizeBytes: countOf(fields, 'sizeBytes'),
    problemCount: countOf(fields, 'problemCount'),
  }
}

function encodeJson(value: object): Uint8Array {
  return encodeText(JSON.stringify(value))
}

type Fields = ReadonlyMap<string, unknown>

/** What is no JSON object has no fields. */
function decodeJson(content: Uint8Array): Fields {
  try {
    const value: unknown = JSON.parse(decodeText(content))
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
  } catch {
    return new Map()
  }
}

function textOf(fields: Fields, key: string): string {
  const value = fields.get(key)
  return typeof value === 'string' ? value : '(not said)'
}

function countOf(fields: Fields, key: string): number {
  const value = fields.get(key)
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}
