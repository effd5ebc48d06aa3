/**
 * Text of files as a page can show it: in blocks of bounded length, lines cut where they are too long, and what cannot be
 * seen made visible.
 */
import { printable } from './printable.ts'

/** Longer lines are continued on the next: laying out one takes time that grows with it. */
const LINE_LENGTH = 2000
const BLOCK_LINES = 50
const BLOCK_LENGTH = 8000
/** Tabs and cuts beyond are not marked: each mark is an element. */
const MAX_MARKS = 4000

/** A run of a block. `mark`: what stands for a control character; `tab`: a tab; `cut`: the line goes on below. */
export interface TextRun {
  readonly type: 'text' | 'mark' | 'tab' | 'cut'
  readonly text: string
}

/** Some lines. */
export type TextBlock = readonly TextRun[]

const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/u
const RUNS = /\t|(?:(?!\t)(?:[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}))+/gu

/** Gives the blocks of a text; `\n`, `\r\n` and `\r` end lines. */
export function textBlocks(text: string): readonly TextBlock[] {
  const blocks: TextRun[][] = []
  let block: TextRun[] = []
  let [lines, length, marks] = [0, 0, 0]
  const add = (run: TextRun): void => {
    const last = block.at(-1)
    if (run.type !== 'text') marks += 1
    const plain = marks > MAX_MARKS || run.type === 'text'
    if (plain && last?.type === 'text') block[block.length - 1] = { type: 'text', text: last.text + run.text }
    else block.push(plain ? { type: 'text', text: run.text } : run)
  }
  const endLine = (run: TextRun, pieceLength: number): void => {
    add(run)
    lines += 1
    length += pieceLength
    if (lines < BLOCK_LINES && length < BLOCK_LENGTH) return
    blocks.push(block)
    block = []
    lines = 0
    length = 0
  }
  for (const line of text.split(/\r\n|\n|\r/)) {
    const pieces = piecesOf(line)
    for (const [index, piece] of pieces.entries()) {
      for (const run of runsOf(piece)) add(run)
      endLine(index < pieces.length - 1 ? { type: 'cut', text: '\n' } : { type: 'text', text: '\n' }, piece.length)
    }
  }
  if (block.length > 0) blocks.push(block)
  return blocks
}

/** Cuts a line, between characters. */
function piecesOf(line: string): readonly string[] {
  if (line.length <= LINE_LENGTH) return [line]
  const pieces: string[] = []
  for (let start = 0; start < line.length; ) {
    let end = Math.min(start + LINE_LENGTH, line.length)
    if (end < line.length && /[\ud800-\udbff]/.test(line.charAt(end - 1))) end -= 1
    pieces.push(line.slice(start, end))
    start = end
  }
  return pieces
}

function* runsOf(line: string): Generator<TextRun, void, undefined> {
  let end = 0
  for (const match of HIDDEN.test(line) ? line.matchAll(RUNS) : []) {
    const [hidden] = match
    if (match.index > end) yield { type: 'text', text: line.slice(end, match.index) }
    yield hidden === '\t' ? { type: 'tab', text: hidden } : { type: 'mark', text: printable(hidden) }
    end = match.index + hidden.length
  }
  if (end < line.length) yield { type: 'text', text: line.slice(end) }
}
