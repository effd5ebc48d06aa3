/** How dialogs look. */
import { css, type CSSResult } from 'lit'

/** For elements that render a `<dialog>`, beside the controls. */
export const dialogStyles: CSSResult = css`
  dialog {
    max-height: calc(100dvh - 32px);
    padding: 20px;
    border: 1px solid var(--isptar-line);
    border-radius: calc(var(--isptar-radius) * 1.5);
    background: var(--isptar-ground);
    color: var(--isptar-text);
    box-shadow: 0 12px 48px rgb(0 0 0 / 35%);
    overflow: auto;
  }
  dialog[open] {
    display: grid;
    gap: 14px;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  dialog footer {
    display: flex;
    justify-content: flex-end;
    gap: 8px;
  }
  @media (pointer: coarse) {
    dialog button {
      min-height: 44px;
    }
  }
`
