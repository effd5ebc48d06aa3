/** The layout of the treemap, and the ways from cell to cell. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SpaceNode } from '../../src/contract/picture-calls.ts'
import { cellBeside, type Direction, layOutCells, type TreemapCell } from '../../src/views/treemap-cells.ts'

const DIRECTIONS: readonly Direction[] = ['left', 'right', 'up', 'down']
const OPPOSITE = { left: 'right', right: 'left', up: 'down', down: 'up' } as const

function file(path: string, sizeBytes: number): SpaceNode {
  const facts = { path, line: 0, isFolder: false, entryCount: 1, children: undefined, others: undefined }
  return { ...facts, sizeBytes, packedBytes: sizeBytes }
}

function folder(path: string, children: readonly SpaceNode[], othersBytes = 0): SpaceNode {
  const sizeBytes = children.reduce((sum, child) => sum + child.sizeBytes, othersBytes)
  const others = othersBytes === 0 ? undefined : { count: 3, sizeBytes: othersBytes, packedBytes: othersBytes }
  return { path, line: 0, isFolder: true, entryCount: 1, sizeBytes, packedBytes: sizeBytes, children, others }
}

const size = fc.integer({ min: 0, max: 1_000_000 })
const tree = fc.array(fc.tuple(size, fc.array(size, { maxLength: 6 })), { minLength: 1, maxLength: 40 }).map((items) =>
  folder(
    '',
    items.map(([bytes, below], k) =>
      below.length === 0
        ? file(`f${k}`, bytes)
        : folder(
            `d${k}`,
            below.map((of, j) => file(`d${k}/${j}`, of)),
            bytes,
          ),
    ),
    500,
  ),
)
const box = fc.record({ width: fc.integer({ min: 200, max: 1500 }), height: fc.integer({ min: 200, max: 900 }) })

function overlap(a: TreemapCell, b: TreemapCell): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

test('cells lie in the map, and over each other only in their folder', () => {
  fc.assert(
    fc.property(tree, box, (root, map) => {
      const cells = layOutCells(root, 'size', map)
      for (const [k, cell] of cells.entries()) {
        expect(
          cell.x >= 0 && cell.y >= 0 && cell.x + cell.width <= map.width && cell.y + cell.height <= map.height,
        ).toBe(true)
        for (const other of cells.slice(k + 1))
          if (overlap(cell, other)) {
            expect([cell.depth, other.depth, cell.hue]).toEqual([1, 2, other.hue])
            expect(other.y).toBeGreaterThanOrEqual(cell.y + 22)
          }
      }
    }),
  )
})

test('a cell is as large as its share, where nothing lies in it', () => {
  const cells = layOutCells(folder('', [file('a', 600), file('b', 300)], 100), 'size', { width: 1000, height: 500 })
  expect(cells.map(({ node, hue }) => [node?.path, hue])).toEqual([
    ['a', 1],
    ['b', 2],
    [undefined, 0],
  ])
  for (const { width, height, bytes } of cells) expect((width * height) / 500_000).toBeCloseTo(bytes / 1000, 1)
})

test('there are no more cells than a picture bears, and none where there is nothing', () => {
  const many = Array.from({ length: 500 }, (_, k) => folder(`${k}`, [file(`${k}/a`, 10), file(`${k}/b`, 5 + k)]))
  expect(layOutCells(folder('', many), 'size', { width: 4000, height: 4000 }).length).toBeLessThanOrEqual(800)
  expect(layOutCells(folder('', [file('a', 0)]), 'size', { width: 400, height: 400 })).toEqual([])
  expect(layOutCells(file('a', 9), 'size', { width: 400, height: 400 })).toEqual([])
})

test('every cell is reached by arrows, and each of them leads ahead', () => {
  fc.assert(
    fc.property(tree, box, (root, map) => {
      const cells = layOutCells(root, 'size', map)
      const reached = new Set([0])
      for (const from of reached) for (const direction of DIRECTIONS) reached.add(cellBeside(cells, from, direction))
      if (cells.length > 0) expect(reached.size).toBe(cells.length)
    }),
  )
})

test('from a folder down is what lies in it, and back up', () => {
  const root = folder('', [folder('d', [file('d/x', 700), file('d/y', 300)]), file('e', 500)])
  const cells = layOutCells(root, 'size', { width: 900, height: 600 })
  const [x] = [cells.findIndex(({ node }) => node?.path === 'd/x')]
  expect(cellBeside(cells, 0, 'down')).toBe(x)
  expect(cellBeside(cells, x, 'up')).toBe(0)
  for (const direction of DIRECTIONS) {
    const to = cellBeside(cells, x, direction)
    if (to !== x && cells[to]?.isNest === false) expect(cellBeside(cells, to, OPPOSITE[direction])).not.toBe(to)
  }
})
