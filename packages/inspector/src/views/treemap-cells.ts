/** Lays out a folder as a treemap, two levels deep, and says which cell lies beside which. */
import { hierarchy, type HierarchyRectangularNode, treemap } from 'd3-hierarchy'
import type { SpaceMeasure, SpaceNode, SpaceOthers } from '../contract/picture-calls.ts'

/** More cells than this are no picture any more. */
const MAX_CELLS = 800
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
  // Sizes are rounded afterwards, so that what had room is remembered.
  const nests = new Set<HierarchyRectangularNode<Item>>()
  const paddingOf =
    (pixels: number) =>
    (item: HierarchyRectangularNode<Item>): number => {
      if (!hasRoom(item)) return 0
      nests.add(item)
      return pixels
    }
  const layout = treemap<Item>()
    .size([size.width, size.height])
    .round(true)
    .paddingInner(2)
    .paddingTop(paddingOf(LABEL_HEIGHT))
    .paddingLeft(paddingOf(3))
    .paddingRight(paddingOf(3))
    .paddingBottom(paddingOf(3))
  const cells = (layout(root).children ?? []).flatMap((child, rank) => cellsOf(child, (rank % HUES) + 1, nests))
  if (cells.length <= MAX_CELLS) return cells
  const bound = cells.map(areaOf).toSorted((a, b) => b - a)[MAX_CELLS] ?? 0
  return cells.filter((cell) => areaOf(cell) > bound)
}

/** Gives the cell that lies next to one in a direction; the same where none does. */
export function cellBeside(cells: readonly TreemapCell[], from: number, direction: Direction): number {
  const start = cells[from]
  if (start === undefined) return 0
  const here = boxOf(start, direction)
  let best = from
  let bestDistance = Infinity
  for (const [index, cell] of cells.entries()) {
    const there = boxOf(cell, direction)
    const ahead = there.near - here.far
    if (index === from || ahead < 0) continue
    const aside = Math.max(there.low - here.high, here.low - there.high, 0)
    const skew = Math.abs(there.low + there.high - here.low - here.high)
    const distance = ahead + aside * 3 + skew / 100
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

function hasRoom({ depth, x1, x0, y1, y0, children }: HierarchyRectangularNode<Item>): boolean {
  return depth === 1 && children !== undefined && x1 - x0 >= MIN_NESTED_WIDTH && y1 - y0 >= MIN_NESTED_HEIGHT
}

function cellsOf(
  item: HierarchyRectangularNode<Item>,
  hue: number,
  nests: ReadonlySet<HierarchyRectangularNode<Item>>,
): TreemapCell[] {
  const { x0, x1, y0, y1, depth, data } = item
  if (x1 - x0 < MIN_CELL || y1 - y0 < MIN_CELL) return []
  const below = nests.has(item) ? (item.children ?? []).flatMap((child) => cellsOf(child, hue, nests)) : []
  const place = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 }
  const { node, others, bytes } = data
  const own = { ...place, depth, hue: depth === 1 && node === undefined ? 0 : hue, isNest: below.length > 0 }
  return [{ ...own, node, others, bytes }, ...below]
}

/** A cell as seen when going in a direction: where it begins and ends ahead, and across. Of a nest only its name counts. */
function boxOf(
  { x, y, width, height, isNest }: TreemapCell,
  direction: Direction,
): { readonly near: number; readonly far: number; readonly low: number; readonly high: number } {
  const bottom = y + (isNest ? LABEL_HEIGHT - 1 : height)
  const right = x + width
  if (direction === 'left') return { near: -right, far: -x, low: y, high: bottom }
  if (direction === 'right') return { near: x, far: right, low: y, high: bottom }
  if (direction === 'up') return { near: -bottom, far: -y, low: x, high: right }
  return { near: y, far: bottom, low: x, high: right }
}

function areaOf({ width, height }: TreemapCell): number {
  return width * height
}
