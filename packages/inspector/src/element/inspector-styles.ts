/** How the frame of the inspector looks: its header, its tabs, and where dropping opens. */
import { css, type CSSResult } from 'lit'

/** For the inspector alone. */
export const inspectorStyles: CSSResult = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-height: 320px;
    overflow: hidden;
    container: isptar / inline-size;
  }
  :host([hidden]) {
    display: none;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 12px;
    padding: 0 16px;
    border-bottom: 1px solid var(--isptar-line);
    background: var(--isptar-raised);
  }
  .title {
    display: flex;
    flex: 1 1 0;
    align-items: center;
    gap: 10px;
    min-width: 160px;
    min-height: 48px;
  }
  .title > svg {
    flex: none;
    color: var(--isptar-accent);
  }
  h1 {
    margin: 0;
    min-width: 0;
    font-size: 16px;
    font-weight: 600;
    outline: none;
  }
  /* The name has the room first. */
  .title select {
    flex: 0 9999 auto;
    min-width: 110px;
    max-width: 30cqi;
  }
  .actions {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  /* As wide as the title, whatever it says: what stands between them stays where it is. */
  [data-meter] {
    flex: 1 1 0;
    font-size: 13px;
    font-variant-numeric: tabular-nums;
    line-height: 18px;
    text-align: end;
    text-wrap: balance;
  }
  [role='tablist'] {
    display: flex;
    align-self: stretch;
    overflow-x: auto;
    scrollbar-width: none;
  }
  [role='tab'] {
    min-height: 48px;
    padding: 4px 14px;
    border: 0;
    border-radius: 0;
    background: none;
    color: var(--isptar-muted);
    box-shadow: inset 0 -2px transparent;
  }
  [role='tab']:hover {
    color: var(--isptar-text);
  }
  [role='tab'][aria-selected='true'] {
    color: var(--isptar-text);
    font-weight: 600;
    box-shadow: inset 0 -2px var(--isptar-accent);
  }
  [role='tab']:focus-visible {
    outline-offset: -3px;
  }
  .strip {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    padding: 6px 16px;
    border-bottom: 1px solid var(--isptar-line);
    font-size: 13px;
    overflow-wrap: anywhere;
  }
  .strip > svg {
    flex: none;
    color: var(--isptar-warn);
  }
  .strip > :is(p, details) {
    flex: 1 1 240px;
  }
  summary {
    min-height: 24px;
    cursor: pointer;
  }
  .strip ul {
    margin: 4px 0;
    padding-left: 20px;
  }
  .body {
    flex: 1;
    min-height: 0;
    overflow: auto;
  }
  .panel {
    height: 100%;
    outline-offset: -2px;
  }
  .dropping {
    position: absolute;
    inset: 8px;
    z-index: 10;
    display: grid;
    place-content: center;
    border: 3px dashed var(--isptar-accent);
    border-radius: calc(var(--isptar-radius) * 2);
    background: color-mix(in srgb, var(--isptar-ground) 88%, transparent);
    font-size: 20px;
    font-weight: 600;
    pointer-events: none;
  }
  @container isptar (max-width: 960px) {
    [data-meter] {
      flex: none;
    }
    [role='tablist'] {
      order: 1;
      flex: 1 0 100%;
      margin: 0 -16px;
      padding: 0 8px;
      border-top: 1px solid var(--isptar-line);
    }
    [role='tab'] {
      min-height: 40px;
    }
  }
  @container isptar (max-width: 680px) {
    [data-meter] {
      order: 1;
      flex: 1 0 100%;
      padding-bottom: 4px;
      text-align: start;
    }
    [role='tablist'] {
      order: 2;
    }
    [role='tab'] {
      flex: 1;
      justify-content: center;
      padding: 4px 8px;
    }
    .actions .label {
      display: none;
    }
    .actions button {
      min-width: 40px;
      justify-content: center;
    }
  }
  @media (pointer: coarse) {
    [role='tab'],
    .actions button,
    .strip button {
      min-height: 44px;
    }
    .actions button {
      min-width: 44px;
    }
  }
`
