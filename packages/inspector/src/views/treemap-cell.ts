/** One cell of the treemap: a button at its place. */
import { html, nothing, type TemplateResult } from 'lit'
import type { SpaceNode } from '../contract/picture-calls.ts'
import { printableName } from '../text/printable.ts'
import { bytesText, countText, shareText } from '../text/quantity.ts'
import type { TreemapCell } from './treemap-cells.ts'

const MIN_LABEL_WIDTH = 34
const MIN_LABEL_HEIGHT = 20
const MIN_SIZE_HEIGHT = 40
const MIN_SIZE_WIDTH = 52

/** How a cell is shown, and what it does. */
export interface CellView {
  /** Of the folder shown, 0 to 1. */
  readonly share: number
  /** Whether the keyboard reaches it. */
  readonly isActive: boolean
  /** Clicked, or Enter. */
  readonly open: (node: SpaceNode) => void
  /** Focused. */
  readonly show: (node: SpaceNode | undefined) => void
  /** Under the pointer. */
  readonly hover: (node: SpaceNode | undefined) => void
}

/** Draws it. */
export function treemapCell(cell: TreemapCell, { share, isActive, open, show, hover }: CellView): TemplateResult {
  const { x, y, width, height, depth, hue, isNest, node, others, bytes } = cell
  const name = node
    ? `${printableName(node.path)}${node.isFolder ? '/' : ''}`
    : `${countText(others?.count ?? 0, 'other')}`
  const kind = node === undefined ? '' : node.isFolder ? ', folder' : ', file'
  const hasLabel = width >= MIN_LABEL_WIDTH && height >= MIN_LABEL_HEIGHT
  const hasSize = hasLabel && !isNest && height >= MIN_SIZE_HEIGHT && width >= MIN_SIZE_WIDTH
  const color = `var(--isptar-hue-${hue === 0 ? 'others' : hue})`
  return html`<button
    class="cell"
    data-depth=${depth}
    tabindex=${isActive ? 0 : -1}
    aria-label="${name} ${bytesText(bytes)}${kind}, ${shareText(share)}"
    .style=${`left:${x}px;top:${y}px;width:${width}px;height:${height}px;--hue:${color}`}
    @click=${(): void => {
      if (node) open(node)
    }}
    @focus=${(): void => show(node)}
    @pointerenter=${(): void => hover(node)}
  >
    ${hasLabel ? html`<span class="name">${name}</span>` : nothing} ${hasSize ? html`<span>${bytesText(bytes)}</span>` : nothing}
  </button>`
}
