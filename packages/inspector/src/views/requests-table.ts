/** The last requests as a table, newest first. */
import { html, nothing, type TemplateResult } from 'lit'
import type { RequestRow } from '../contract/picture-calls.ts'
import { exactText, requestText } from './place-text.ts'

/** Draws it. */
export function requestsTable(rows: readonly RequestRow[]): TemplateResult {
  return html`<table>
    <caption>
      <h2>Requests</h2>
      <span class="muted">newest first</span>
    </caption>
    <thead>
      <tr>
        <th scope="col" class="number">No.</th>
        <th scope="col" class="number">Offset</th>
        <th scope="col" class="number">Bytes</th>
        <th scope="col">What</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) => html`<tr>
          <td class="number">${row.number}</td>
          <td class="number">${row.offset === undefined ? 'end' : exactText(row.offset)}</td>
          <td class="number">${exactText(row.receivedBytes)}${partOf(row)}</td>
          <td><span class="name">${requestText(row)}</span></td>
        </tr>`,
      )}
    </tbody>
  </table>`
}

function partOf({ receivedBytes, lengthBytes }: RequestRow): TemplateResult | typeof nothing {
  if (receivedBytes >= lengthBytes) return nothing
  return html` <span class="muted" title="Bytes that were asked for">of ${exactText(lengthBytes)}</span>`
}
