/** How the map of bytes looks. */
import { css, type CSSResult } from 'lit'

/** For the bytes view only. */
export const bytesStyles: CSSResult = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .view {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    padding: 12px 16px 24px;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  .bar > p {
    flex: 1 1 240px;
  }
  .sum {
    font-size: 16px;
    font-weight: 600;
  }
  .zoom {
    display: flex;
    gap: 6px;
  }
  ul {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .swatch {
    width: 13px;
    height: 13px;
    border-radius: 2px;
  }
  .data {
    background: var(--isptar-data);
  }
  .groups {
    background: var(--isptar-group);
  }
  .headers {
    background: var(--isptar-headers);
  }
  .tail {
    background: var(--isptar-tail);
  }
  .empty {
    background: var(--isptar-sunken);
  }
  .ink {
    background: var(--isptar-text);
  }
  .pair {
    display: inline-flex;
    gap: 2px;
  }
  .faint {
    opacity: 0.3;
  }
  .border {
    width: 2px;
  }
  .strip {
    min-width: 0;
    padding: 4px;
  }
  canvas {
    display: block;
    border-radius: 2px;
    touch-action: pan-y;
  }
  canvas:focus-visible {
    outline-offset: 4px;
  }
  .info {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
    padding: 4px 12px;
    border: 1px solid var(--isptar-line);
    border-radius: var(--isptar-radius);
    background: var(--isptar-raised);
  }
  .info > div {
    flex: 1;
    min-width: 0;
  }
  .info .name {
    display: block;
  }
  .requests {
    max-height: 380px;
    overflow: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  caption {
    padding: 8px 0 4px;
    text-align: start;
  }
  caption h2 {
    display: inline;
    margin-inline-end: 6px;
  }
  th,
  td {
    height: var(--isptar-row);
    padding: 0 10px;
    border-bottom: 1px solid var(--isptar-line);
    text-align: start;
    font-weight: 400;
    white-space: nowrap;
  }
  th.number,
  td.number {
    text-align: end;
  }
  thead th {
    color: var(--isptar-muted);
  }
  td:last-child {
    width: 100%;
    max-width: 0;
  }
  td .name {
    display: block;
  }
  .reading {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    padding: 10px 12px;
    border: 1px solid var(--isptar-line);
    border-radius: var(--isptar-radius);
    background: var(--isptar-raised);
  }
  .reading p:first-child {
    flex: 1 1 200px;
  }
  @container (max-width: 520px) {
    .info {
      flex-wrap: wrap;
    }
    .info > div {
      flex-basis: 100%;
    }
    .info .name {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
    }
    th,
    td {
      padding: 0 6px;
    }
    th:first-child,
    td:first-child {
      display: none;
    }
  }
  @media (pointer: coarse) {
    .keys {
      display: none;
    }
    button {
      min-height: 44px;
      min-width: 44px;
    }
  }
`
