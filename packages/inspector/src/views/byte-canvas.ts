/** Draws a map of bytes: rows of square cells, in each what its bytes are, strong where they were fetched. */
import type { ByteMap } from '../contract/picture-calls.ts'

/** From one cell to the next, in pixels. */
const PITCH = 15
const GAP = 2
/** Room around all cells, for the frame of one at the edge. */
const MARGIN = 2
const SIDE: number = PITCH - GAP
const MIN_ROWS = 12
const MAX_ROWS = 26
const FAINT = 0.3

/** How cells stand. */
export interface CellGrid {
  readonly columns: number
  /** Cells that fit. */
  readonly cellCount: number
}

/** Colours as the canvas takes them. */
export interface CellColors {
  readonly data: string
  readonly groups: string
  readonly headers: string
  readonly tail: string
  readonly empty: string
  readonly text: string
}

/** Gives the grid that fits into a width in pixels. */
export function gridFor(width: number): CellGrid {
  const columns = Math.max(Math.floor((width + GAP - 2 * MARGIN) / PITCH), 8)
  const rows = Math.min(Math.max(Math.round(columns / 3), MIN_ROWS), MAX_ROWS)
  return { columns, cellCount: columns * rows }
}

/** Gives the height of so many cells in pixels. */
export function gridHeight({ columns }: CellGrid, cellCount: number): number {
  return Math.max(Math.ceil(cellCount / columns), 1) * PITCH - GAP + 2 * MARGIN
}

/** Gives the cell at a place of the canvas; undefined where there is none. */
export function cellAt({ columns }: CellGrid, cellCount: number, x: number, y: number): number | undefined {
  const column = Math.floor((x - MARGIN) / PITCH)
  const cell = Math.floor((y - MARGIN) / PITCH) * columns + column
  return column >= 0 && column < columns && cell >= 0 && cell < cellCount ? cell : undefined
}

/** Draws all of it. */
export function drawCells(
  canvas: HTMLCanvasElement,
  map: ByteMap,
  { columns }: CellGrid,
  { colors, cursor }: { readonly colors: CellColors; readonly cursor: number | undefined },
): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const scale = devicePixelRatio
  const width = columns * PITCH - GAP + 2 * MARGIN
  const height = gridHeight({ columns, cellCount: 0 }, map.data.length)
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  context.scale(scale, scale)
  context.translate(MARGIN, MARGIN)
  const borders = new Set(map.sliceStarts.map((start) => Math.floor((start - map.start) / map.cellBytes)))
  for (let cell = 0; cell < map.data.length; cell += 1) {
    const x = (cell % columns) * PITCH
    const y = Math.floor(cell / columns) * PITCH
    drawCell(context, map, cell, { x, y, colors })
    context.globalAlpha = 1
    context.fillStyle = colors.text
    if (borders.has(cell)) context.fillRect(x - GAP, y - 1, GAP, SIDE + 2)
    if (cell !== cursor) continue
    context.strokeStyle = colors.text
    context.lineWidth = 2
    context.strokeRect(x - 1, y - 1, SIDE + 2, SIDE + 2)
  }
}

function drawCell(
  context: CanvasRenderingContext2D,
  map: ByteMap,
  cell: number,
  { x, y, colors }: { readonly x: number; readonly y: number; readonly colors: CellColors },
): void {
  context.globalAlpha = 1
  context.fillStyle = colors.empty
  context.fillRect(x, y, SIDE, SIDE)
  const fetched = Math.ceil(((map.fetched[cell] ?? 0) / 255) * SIDE)
  let left = x
  for (const [color, share] of sharesOf(map, cell, colors)) {
    const width = Math.min(share === 0 ? 0 : Math.max((share / 255) * SIDE, 1), x + SIDE - left)
    context.fillStyle = color
    context.globalAlpha = FAINT
    context.fillRect(left, y, width, SIDE)
    context.globalAlpha = 1
    context.fillRect(left, y + SIDE - fetched, width, fetched)
    left += width
  }
}

/** What is left of a cell is headers, or was not listed yet. */
function sharesOf(
  map: ByteMap,
  cell: number,
  colors: CellColors,
): readonly (readonly [color: string, share: number])[] {
  const shares = [map.data[cell] ?? 0, map.groups[cell] ?? 0, map.tail[cell] ?? 0] as const
  const rest = Math.max(255 - shares[0] - shares[1] - shares[2], 0)
  return [
    [colors.headers, map.isComplete || map.fetched[cell] !== 0 ? rest : 0],
    [colors.data, shares[0]],
    [colors.groups, shares[1]],
    [colors.tail, shares[2]],
  ]
}
