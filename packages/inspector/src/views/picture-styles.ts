/** How the picture of the space looks. */
import { css, type CSSResult } from 'lit'

/** For the picture view only. */
export const pictureStyles: CSSResult = css`
  :host {
    display: block;
    height: 100%;
    container-type: inline-size;
  }
  .view {
    display: flex;
    flex-direction: column;
    gap: 12px;
    min-height: 100%;
    padding: 12px 16px 16px;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  nav {
    margin-inline-start: -6px;
  }
  .switch {
    display: inline-flex;
  }
  .switch button {
    border-radius: 0;
  }
  .switch button:first-child {
    border-start-start-radius: var(--isptar-radius);
    border-end-start-radius: var(--isptar-radius);
  }
  .switch button:last-child {
    margin-inline-start: -1px;
    border-start-end-radius: var(--isptar-radius);
    border-end-end-radius: var(--isptar-radius);
  }
  .switch button[aria-pressed='true'] {
    z-index: 1;
    border-color: var(--isptar-accent);
    background: var(--isptar-selected);
  }
  .split {
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: 16px;
    min-height: 0;
  }
  .picture {
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: 8px;
    min-width: 0;
  }
  .map {
    position: relative;
    flex: 1;
    min-height: max(260px, 42cqi);
    overflow: hidden;
    border-radius: var(--isptar-radius);
    background: var(--isptar-sunken);
  }
  .map p {
    padding: 16px;
  }
  .cell {
    position: absolute;
    display: flex;
    flex-direction: column;
    align-items: stretch;
    gap: 0;
    min-height: 0;
    padding: 2px 5px;
    overflow: hidden;
    border: 1px solid transparent;
    border-radius: 3px;
    text-align: start;
    font-size: 12px;
    line-height: 17px;
    background: color-mix(in srgb, var(--hue) 62%, var(--isptar-ground));
  }
  .cell[data-depth='1'] {
    border-radius: 5px;
    background: var(--hue);
  }
  .cell:hover:not(:disabled) {
    border-color: var(--isptar-text);
  }
  .cell:focus-visible {
    z-index: 1;
    outline-offset: -2px;
    outline-color: var(--isptar-text);
  }
  .cell[data-depth='1'] > .name {
    font-weight: 600;
  }
  .info {
    display: flex;
    align-items: center;
    gap: 12px;
    /* Two lines: the map keeps its size when they come. */
    min-height: 42px;
  }
  .info > div {
    flex: 1;
    min-width: 0;
  }
  .info .name {
    display: block;
  }
  .table {
    min-width: 0;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    table-layout: fixed;
  }
  th,
  td {
    padding: 0 8px;
    border-bottom: 1px solid var(--isptar-line);
    text-align: start;
    font-weight: 400;
    white-space: nowrap;
  }
  thead th {
    position: sticky;
    z-index: 1;
    top: 0;
    padding-block: 6px;
    background: var(--isptar-ground);
    color: var(--isptar-muted);
  }
  th.number {
    text-align: end;
  }
  tbody tr {
    height: 34px;
  }
  tbody th {
    padding-inline: 0;
  }
  tbody th button,
  tbody th > span {
    width: 100%;
    padding-inline: 8px;
  }
  tbody th > span {
    display: inline-flex;
    gap: 6px;
  }
  .dot {
    flex: none;
    width: 10px;
    height: 10px;
    margin-inline-end: 2px;
    border: 1px solid color-mix(in srgb, var(--hue) 70%, var(--isptar-text));
    border-radius: 3px;
    background: var(--hue);
  }
  .slash {
    color: var(--isptar-muted);
  }
  col.share {
    width: 112px;
  }
  col.bytes {
    width: 84px;
  }
  .meter {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 8px;
  }
  .meter i {
    flex: 1;
    height: 8px;
    overflow: hidden;
    border-radius: 4px;
    background: var(--isptar-sunken);
  }
  .meter b {
    display: block;
    height: 100%;
    border-radius: 4px;
    background: var(--isptar-accent);
  }
  .meter span {
    min-width: 44px;
    text-align: end;
  }
  .reading {
    display: grid;
    gap: 12px;
    justify-items: start;
    padding: 16px;
  }
  progress {
    width: min(320px, 80cqi);
  }
  @container (min-width: 860px) {
    .view {
      height: 100%;
    }
    .split {
      display: grid;
      grid-template-columns: minmax(0, 3fr) minmax(340px, 2fr);
    }
    .map {
      min-height: 260px;
    }
    .table {
      overflow: auto;
    }
  }
  @container (max-width: 420px) {
    .other {
      display: none;
    }
    col.share {
      width: 92px;
    }
    .meter i {
      display: none;
    }
    .meter span {
      min-width: 0;
    }
    col.share {
      width: 64px;
    }
  }
  @media (pointer: coarse) {
    button:not(.cell) {
      min-height: 44px;
    }
  }
`
