/** How the comparison looks. */
import { css, type CSSResult } from 'lit'

/** For `isptar-compare-view`. */
export const compareStyles: CSSResult = css`
  :host {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: 0;
    container-type: inline-size;
  }
  .setup {
    padding: 8px 16px;
    border-bottom: 1px solid var(--isptar-line);
  }
  .setup > :not(summary) {
    margin-top: 8px;
  }
  summary {
    display: flex;
    align-items: center;
    gap: 8px;
    width: fit-content;
    min-height: 32px;
    cursor: pointer;
  }
  summary::before {
    width: 7px;
    height: 7px;
    margin-inline: 2px 4px;
    border: solid var(--isptar-muted);
    border-width: 0 2px 2px 0;
    transform: rotate(-45deg);
    content: '';
  }
  details[open] > summary::before {
    transform: rotate(45deg) translate(-2px, -2px);
  }
  :host([data-dropping]) .setup {
    background: var(--isptar-selected);
  }
  .options {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 28px;
    align-items: center;
  }
  fieldset {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    align-items: center;
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    float: inline-start;
    margin-inline-end: 12px;
    padding: 0;
    color: var(--isptar-muted);
  }
  label {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    min-height: 32px;
  }
  input[type='radio'] {
    width: 16px;
    height: 16px;
    margin: 0;
    accent-color: var(--isptar-accent);
  }
  .result {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 12px;
    align-items: center;
    padding: 10px 16px;
    border-bottom: 1px solid var(--isptar-line);
  }
  .status {
    flex: 1 1 240px;
    min-width: 0;
  }
  .status p {
    overflow-wrap: anywhere;
  }
  progress {
    width: 160px;
    accent-color: var(--isptar-accent);
  }
  .kinds,
  .save {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .kinds button[aria-pressed='false'] {
    border-style: dashed;
    background: none;
    color: var(--isptar-muted);
  }
  .kinds button[aria-pressed='true'] {
    font-weight: 600;
  }
  .added[aria-pressed='true'] {
    color: var(--isptar-added);
  }
  .removed[aria-pressed='true'] {
    color: var(--isptar-removed);
  }
  .changed[aria-pressed='true'] {
    color: var(--isptar-changed);
  }
  isptar-difference-list {
    flex: 1;
    min-height: 200px;
  }
  isptar-archive-picker {
    grid-template-columns: auto minmax(0, 1fr);
    align-items: end;
    gap: 4px 16px;
    max-width: 860px;
  }
  isptar-trouble-notice {
    padding: 12px 16px;
  }
  .nothing {
    display: grid;
    padding: 16px;
    overflow-wrap: anywhere;
    justify-items: center;
    align-content: center;
    flex: 1;
    min-height: 120px;
    text-align: center;
  }
  @media (pointer: coarse) {
    button,
    label,
    summary {
      min-height: 44px;
    }
  }
  @container (width < 520px) {
    isptar-archive-picker {
      grid-template-columns: minmax(0, 1fr);
    }
    fieldset {
      flex-direction: column;
      align-items: flex-start;
    }
  }
`
