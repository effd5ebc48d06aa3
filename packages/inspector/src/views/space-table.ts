/** What is in a folder as a table, largest first. */
import { html, nothing, type TemplateResult } from 'lit'
import type { SpaceMeasure, SpaceNode, SpaceOthers } from '../contract/picture-calls.ts'
import { printable, printableName } from '../text/printable.ts'
import { bytesText, countText, shareText } from '../text/quantity.ts'
import { measured } from './treemap-cells.ts'

const HUES = 8

/** What rows do. */
export interface SpaceTableActions {
  readonly open: (node: SpaceNode) => void
  readonly show: (node: SpaceNode) => void
}

/** Draws it. */
export function spaceTable(space: SpaceNode, by: SpaceMeasure, { open, show }: SpaceTableActions): TemplateResult {
  const total = measured(space, by)
  const { children = [], others } = space
  const cells = (of: SpaceNode | SpaceOthers): TemplateResult => numbers(of, by, total)
  return html`<table>
    <caption class="visually-hidden">
      What is in ${space.path === '' ? 'the archive' : printable(space.path)}, largest first
    </caption>
    <colgroup>
      <col />
      <col class=${by === 'size' ? 'bytes' : 'bytes other'} />
      <col class=${by === 'packed' ? 'bytes' : 'bytes other'} />
      <col class="share" />
    </colgroup>
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col" class=${by === 'size' ? 'number' : 'number other'}>Plain</th>
        <th scope="col" class=${by === 'packed' ? 'number' : 'number other'}>Packed</th>
        <th scope="col" class="number">Share</th>
      </tr>
    </thead>
    <tbody>
      ${children.map(
        (node, rank) => html`<tr @pointerenter=${(): void => show(node)}>
          <th scope="row">
            <button class="plain" title=${printable(node.path)} @click=${(): void => open(node)} @focus=${(): void => show(node)}>
              <i class="dot" .style=${`--hue:var(--isptar-hue-${(rank % HUES) + 1})`}></i>
              <span class="name">${printableName(node.path)}${node.isFolder ? html`<span class="slash">/</span>` : nothing}</span>
            </button>
          </th>
          ${cells(node)}
        </tr>`,
      )}
      ${
        others
          ? html`<tr>
            <th scope="row">
              <span class="muted"><i class="dot" .style=${'--hue:var(--isptar-hue-others)'}></i>${countText(others.count, 'other')}</span>
            </th>
            ${cells(others)}
          </tr>`
          : nothing
      }
    </tbody>
  </table>`
}

function numbers(of: SpaceNode | SpaceOthers, by: SpaceMeasure, total: number): TemplateResult {
  const share = total === 0 ? 0 : measured(of, by) / total
  return html`<td class=${by === 'size' ? 'number' : 'number other'}>${bytesText(of.sizeBytes)}</td>
    <td class=${by === 'packed' ? 'number' : 'number other'}>${bytesText(of.packedBytes)}</td>
    <td class="number">
      <span class="meter"><i aria-hidden="true"><b .style=${`width:${share * 100}%`}></b></i><span>${shareText(share)}</span></span>
    </td>`
}
