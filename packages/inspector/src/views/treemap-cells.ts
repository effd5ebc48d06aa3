/** Lays out a folder as a treemap, two levels deep, and says which cell lies beside which. */
import { hierarchy, type HierarchyRectangularNode, treemap } from 'd3-hierarchy'
import type { SpaceMeasure, SpaceNode, SpaceOthers } from '../contract/picture-calls.ts'

/** More cells than this are no picture any more. */
const MAX_CELLS = 300
const MIN_CELL = 5
/** Room for the name of a folder whose children are shown. */
export const LABEL_HEIGHT = 22
const MIN_NESTED_WIDTH = 56
const MIN_NESTED_HEIGHT = 52
const HUES = 8

/** One rectangle, in pixels. */
export interface TreemapCell {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** 1 for what is directly in the folder, 2 below. */
  readonly depth: number
  /** 1 to 8, by the child of the folder that it is or lies in; 0 for what was joined. */
  readonly hue: number
  /** Whether cells lie in it. */
  readonly isNest: boolean
  /** Undefined for what was joined. */
  readonly node: SpaceNode | undefined
  readonly others: SpaceOthers | undefined
  /** By the measure, in bytes. */
  readonly bytes: number
}

/** Where to go from a cell. */
export type Direction = 'left' | 'right' | 'up' | 'down'

interface Item {
  readonly node?: SpaceNode
  readonly others?: SpaceOthers
  readonly children?: readonly Item[]
  readonly bytes: number
}

/** Gives the bytes of a folder, file or of what was joined, by a measure. */
export function measured(of: SpaceNode | SpaceOthers, by: SpaceMeasure): number {
  return by === 'size' ? of.sizeBytes : of.packedBytes
}

/** Lays out what is in a folder; what is too small to be seen is left out. Cells come before those that lie in them. */
export function layOutCells(
  folder: SpaceNode,
  by: SpaceMeasure,
  size: { readonly width: number; readonly height: number },
): readonly TreemapCell[] {
  const items = childItems(folder, by)
  if (items === undefined) return []
  const root = hierarchy<Item>({ bytes: 0, children: items }, ({ children }) => children)
  root.sum((item) => (item.children ? 0 : item.bytes))
  const layout = treemap<Item>()
    .size([size.width, size.height])
    .round(true)
    .paddingInner(2)
    .paddingTop((item) => (isNested(item) ? LABEL_HEIGHT : 0))
    .paddingLeft((item) => (isNested(item) ? 3 : 0))
    .paddingRight((item) => (isNested(item) ? 3 : 0))
    .paddingBottom((item) => (isNested(item) ? 3 : 0))
  const cells = (layout(root).children ?? []).flatMap((child, rank) => cellsOf(child, (rank % HUES) + 1))
  if (cells.length <= MAX_CELLS) return cells
  const bound = cells.map(areaOf).toSorted((a, b) => b - a)[MAX_CELLS] ?? 0
  return cells.filter((cell) => areaOf(cell) > bound)
}

/** Gives the cell that lies next to one in a direction; the same where none does. */
export function cellBeside(cells: readonly TreemapCell[], from: number, direction: Direction): number {
  const start = cells[from]
  if (start === undefined) return 0
  const [x, y] = handleOf(start)
  let best = from
  let bestDistance = Infinity
  for (const [index, cell] of cells.entries()) {
    const [otherX, otherY] = handleOf(cell)
    const [dx, dy] = [otherX - x, otherY - y]
    const along = { left: -dx, right: dx, up: -dy, down: dy }[direction]
    const across = Math.abs(direction === 'left' || direction === 'right' ? dy : dx)
    // What lies more to the side than ahead is another direction's.
    if (index === from || along <= 0 || across > along * 3) continue
    const distance = along + across * 2
    if (distance < bestDistance) [best, bestDistance] = [index, distance]
  }
  return best
}

function childItems(folder: SpaceNode, by: SpaceMeasure): readonly Item[] | undefined {
  if (folder.children === undefined) return undefined
  const items: Item[] = folder.children.map((node) => {
    const children = childItems(node, by)
    return { node, bytes: measured(node, by), ...(children !== undefined && children.length > 0 && { children }) }
  })
  if (folder.others !== undefined) items.push({ others: folder.others, bytes: measured(folder.others, by) })
  return items
}

function isNested({ depth, x1, x0, y1, y0, children }: HierarchyRectangularNode<Item>): boolean {
  return depth === 1 && children !== undefined && x1 - x0 >= MIN_NESTED_WIDTH && y1 - y0 >= MIN_NESTED_HEIGHT
}

function cellsOf(item: HierarchyRectangularNode<Item>, hue: number): TreemapCell[] {
  const { x0, x1, y0, y1, depth, data } = item
  if (x1 - x0 < MIN_CELL || y1 - y0 < MIN_CELL) return []
  const below = isNested(item) ? (item.children ?? []).flatMap((child) => cellsOf(child, hue)) : []
  const place = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 }
  const { node, others, bytes } = data
  const own = { ...place, depth, hue: depth === 1 && node === undefined ? 0 : hue, isNest: below.length > 0 }
  return [{ ...own, node, others, bytes }, ...below]
}

/** Where a cell is taken hold of: its middle, or that of its name where others lie in it. */
function handleOf({ x, y, width, height, isNest }: TreemapCell): readonly [x: number, y: number] {
  return isNest ? [x + Math.min(width / 2, 40), y + LABEL_HEIGHT / 2] : [x + width / 2, y + height / 2]
}

function areaOf({ width, height }: TreemapCell): number {
  return width * height
}
