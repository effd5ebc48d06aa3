/** How buttons, fields and words look in all parts. */
import { css, type CSSResult } from 'lit'

/** Shared by every view. */
export const controls: CSSResult = css`
  :host {
    box-sizing: border-box;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  [hidden] {
    display: none !important;
  }
  h2,
  h3 {
    margin: 0;
    font-size: 15px;
    font-weight: 600;
  }
  p {
    margin: 0;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button,
  .button {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 32px;
    padding: 4px 12px;
    border: 1px solid var(--isptar-line);
    border-radius: var(--isptar-radius);
    background: var(--isptar-raised);
    color: var(--isptar-text);
    cursor: pointer;
    text-decoration: none;
    white-space: nowrap;
  }
  button:hover:not(:disabled) {
    border-color: var(--isptar-accent);
  }
  button:disabled,
  button[aria-disabled='true'] {
    opacity: 0.55;
    cursor: default;
  }
  button.primary {
    border-color: var(--isptar-accent);
    background: var(--isptar-accent);
    color: var(--isptar-on-accent);
  }
  button.plain {
    border-color: transparent;
    background: none;
    padding: 4px 8px;
  }
  input[type='text'],
  input[type='search'],
  input[type='url'],
  select {
    min-height: 32px;
    padding: 4px 10px;
    border: 1px solid var(--isptar-line);
    border-radius: var(--isptar-radius);
    background: var(--isptar-ground);
  }
  ::placeholder {
    color: var(--isptar-muted);
    opacity: 1;
  }
  :focus-visible {
    outline: 2px solid var(--isptar-accent);
    outline-offset: 1px;
  }
  isptar-trouble-notice > button {
    text-align: start;
    white-space: normal;
  }
  .muted {
    color: var(--isptar-muted);
  }
  .bad {
    color: var(--isptar-bad);
  }
  .good {
    color: var(--isptar-good);
  }
  .warn {
    color: var(--isptar-warn);
  }
  .mono {
    font-family: var(--isptar-mono);
    font-size: 13px;
  }
  .number {
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
    unicode-bidi: isolate;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`
