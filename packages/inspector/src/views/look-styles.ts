/** What the parts of the panel share. */
import { css, type CSSResult } from 'lit'

/** Waiting, and boxes of data. */
export const lookStyles: CSSResult = css`
  .waiting {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 32px;
    animation: isptar-late 300ms step-end;
  }
  @keyframes isptar-late {
    from {
      visibility: hidden;
    }
  }
  .box {
    flex: 0 1 auto;
    min-height: 64px;
    overflow: auto;
    border: 1px solid var(--isptar-line);
    border-radius: var(--isptar-radius);
    background: var(--isptar-raised);
  }
`
