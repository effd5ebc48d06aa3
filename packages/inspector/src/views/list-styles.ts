/** How the list looks. */
import { css, type CSSResult } from 'lit'

/** For `isptar-file-list`. */
export const listStyles: CSSResult = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    container: list / inline-size;
  }
  [role='grid'] {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-height: 0;
    outline-offset: -2px;
  }
  .head {
    overflow: hidden;
    scrollbar-gutter: stable;
    border-block-end: 1px solid var(--isptar-line);
    background: var(--isptar-raised);
  }
  .scroller {
    position: relative;
    flex: 1;
    min-height: 0;
    overflow: hidden scroll;
    scrollbar-gutter: stable;
    overscroll-behavior: contain;
    /* Rows come and go; the browser must not scroll after them. */
    overflow-anchor: none;
  }
  .space {
    position: relative;
    overflow: hidden;
  }
  [role='row'] {
    display: grid;
    grid-template-columns: 40px minmax(0, 1fr) 88px 88px 148px;
    align-items: center;
    padding-inline-end: 12px;
  }
  .space > [role='row'] {
    position: absolute;
    inset: 0 0 auto;
    cursor: default;
    /* A row is laid out and drawn on its own. */
    contain: strict;
  }
  .space > [role='row']:hover {
    background: var(--isptar-raised);
  }
  .space > [role='row'][aria-selected='true'] {
    background: var(--isptar-selected);
  }
  .space > [role='row'].current {
    box-shadow: inset 3px 0 var(--isptar-accent);
  }
  .space > [role='row']:focus-visible {
    outline-offset: -2px;
  }
  [role='gridcell'],
  [role='columnheader'] {
    min-width: 0;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .select {
    display: grid;
    place-items: center;
  }
  .select label {
    display: grid;
    place-items: center;
    width: 40px;
    height: 32px;
  }
  .select input {
    width: 15px;
    height: 15px;
    margin: 0;
    accent-color: var(--isptar-accent);
  }
  .head button {
    width: 100%;
    padding: 4px 0;
    border: 0;
    border-radius: 0;
    background: none;
    color: var(--isptar-muted);
    font-size: 13px;
    font-weight: 600;
  }
  .head button:hover {
    color: var(--isptar-text);
  }
  .head button:focus-visible {
    outline-offset: -2px;
  }
  .head .number button {
    justify-content: end;
  }
  .named {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .icon {
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.3;
    stroke-linecap: round;
    stroke-linejoin: round;
    color: var(--isptar-muted);
  }
  .folder .icon {
    color: var(--isptar-accent);
  }
  .icon .solid {
    fill: color-mix(in srgb, currentColor 22%, transparent);
  }
  .named button {
    min-width: 0;
    min-height: 28px;
    padding: 0;
    border: 0;
    background: none;
    font-weight: 500;
  }
  .named button:hover .name {
    text-decoration: underline;
  }
  .name {
    min-width: 0;
  }
  /* What stands behind the name gives way first. */
  .where,
  .link {
    flex: 0 100 auto;
    min-width: 0;
    font-size: 13px;
  }
  .badge {
    flex: none;
    padding: 0 6px;
    border: 1px solid currentColor;
    border-radius: 999px;
    font-size: 11px;
    line-height: 16px;
  }
  .time {
    padding-inline-start: 16px;
    text-overflow: clip;
    font-variant-numeric: tabular-nums;
  }
  .size,
  .packed,
  .time {
    font-size: 13px;
  }
  .waiting {
    height: 10px;
    width: 40%;
    border-radius: 5px;
    background: var(--isptar-sunken);
  }
  .message {
    padding: 24px 16px;
  }
  isptar-trouble-notice {
    margin: 8px 16px;
  }
  @container list (max-width: 620px) {
    [role='row'] {
      grid-template-columns: 40px minmax(0, 1fr) 80px 140px;
      padding-inline-end: 8px;
    }
    .packed {
      display: none;
    }
  }
  @container list (max-width: 480px) {
    [role='row'] {
      grid-template-columns: 40px minmax(0, 1fr) 84px;
    }
    .time {
      display: none;
    }
  }
  @media (pointer: coarse) {
    .select label {
      height: 44px;
    }
    .head button,
    .named button {
      min-height: 44px;
    }
  }
`
